"""What the people of Harbor's seeded cases are called and what they say; all of it invented."""

from __future__ import annotations

from typing import NamedTuple

PEOPLE = (
    "Nora Lindqvist", "Tomás Arrieta", "Grace Adeyemi", "Viktor Halász", "Yuki Morita", "Samir Haddad", "Elena Petrova",
    "Oscar Nyman", "Fatima Zahra", "Liam Gallagher", "Chiara Bellini", "Kwame Mensah", "Ingrid Solheim", "Rafael Duarte",
    "Anjali Deshmukh", "Peter Novak", "Soo-jin Park", "Hugo Lefèvre", "Amara Diallo", "Dmitri Orlov", "Clara Weiss",
    "Mateo Rojas", "Leila Farahani", "Jack Thornton", "Noor Rahman", "Marta Kowalczyk", "Andrei Popescu", "Beth Sinclair",
    "Chen Wei", "Olu Bankole", "Freya Jensen", "Diego Salas", "Hanna Virtanen", "Imran Qureshi", "Julia Moreau",
    "Kenji Watanabe", "Lucia Marini", "Malik Carter", "Nina Hoffmann", "Pavel Svoboda", "Rosa Jiménez", "Sven Eklund",
    "Tara O'Neill", "Umar Siddiqui", "Vera Costa", "Will Ashford", "Xenia Papadakis", "Zoe Marchetti",
)  # fmt: skip
SPEAK = {
    "Tomás Arrieta": ("es", "America/Mexico_City"), "Yuki Morita": ("ja", "Asia/Tokyo"), "Chiara Bellini": ("it", "Europe/Rome"),
    "Rafael Duarte": ("pt", "America/Sao_Paulo"), "Anjali Deshmukh": ("hi", "Asia/Kolkata"), "Soo-jin Park": ("ko", "Asia/Seoul"),
    "Hugo Lefèvre": ("fr", "Europe/Paris"), "Clara Weiss": ("de", "Europe/Berlin"), "Mateo Rojas": ("es", "America/Bogota"),
    "Chen Wei": ("zh", "Asia/Singapore"), "Freya Jensen": ("da", "Europe/Copenhagen"), "Diego Salas": ("es", "America/Lima"),
    "Hanna Virtanen": ("fi", "Europe/Helsinki"), "Julia Moreau": ("fr", "Europe/Paris"), "Kenji Watanabe": ("ja", "Asia/Tokyo"),
    "Nina Hoffmann": ("de", "Europe/Vienna"), "Rosa Jiménez": ("es", "America/New_York"),
    "Sven Eklund": ("sv", "Europe/Stockholm"),
    "Nora Lindqvist": ("sv", "Europe/Stockholm"), "Grace Adeyemi": ("en", "Africa/Lagos"),
    "Imran Qureshi": ("en", "Asia/Karachi"),
}  # fmt: skip
"""The language in which they are written to, and where they are; the others are written to in English."""
HOSTS = (
    "Seaview Cottages", "Alder Street Lofts", "Old Mill Guesthouse", "Blue Door Hostel", "Kaya Riverside", "Pine Ridge Cabins",
    "Casa Limonero", "Harbourlight Flats", "Paw & Porch Sitters", "Maple Boarding", "The Tin Roof", "Lantern House",
)  # fmt: skip


class Matter(NamedTuple):
    """One matter, in the words of those whom it is about."""

    category: str
    subject: str
    statement: str
    claimant: str
    """What the claimant adds when they are asked."""
    respondent: str
    """What the other side says to it."""


MATTERS: dict[str, tuple[Matter, ...]] = {
    "payment_dispute": (
        Matter("not_as_described", "The flat had no heating",
               "We booked four nights in {place}. There was no heating from the first evening on, in November. The host sent a "
               "fan heater after two days. I want the nights back that we could not use.",
               "The photograph shows the thermostat at eleven degrees. We paid for a hotel for the second night.",
               "A part was on order; we brought a heater the same evening that we heard of it. Two of four nights were fine."),
        Matter("not_received", "Nobody was there with the key",
               "We stood in front of {place} at nine in the evening and nobody answered for three hours. We slept elsewhere, and "
               "the whole amount was charged.",
               "Here is the list of my calls that evening, and the bill of the hotel.",
               "The lock box code was in the message of the day before. Our log says that it was never typed in."),
        Matter("charged_twice", "Charged twice for one weekend",
               "My card shows two charges for the same weekend in {place}, a minute apart. The chat told me to wait, and I have "
               "waited for two weeks.",
               "Both lines are on my statement, with different references.",
               "We see one payment only. The second one may be the deposit, which goes back by itself after seven days."),
        Matter("cancelled", "Cancelled in time, and not paid back",
               "I cancelled {place} nine days before. The page said full refund up to seven days. I was given half.",
               "The confirmation of the cancellation has the date and the hour.",
               "The guest cancelled by message and not on the page, five days before. Half is what our terms say."),
        Matter("wrong_amount", "A cleaning fee that was not on the page",
               "The bill has a cleaning fee of 85 that I was never shown when I booked {place}.",
               "My screenshot of the booking page has the total without it.",
               "The fee stands under house rules. It was added because of the dog, which the booking did not mention."),
        Matter("not_as_described", "Another flat than in the pictures",
               "The flat in {place} is on the ground floor beside the bins; the pictures show the one on the fifth floor.",
               "I put my pictures beside theirs: the windows and the kitchen are different.",
               "It is the same layout in the same house; the listing says that floors may differ."),
    ),
    "bounty_dispute": (
        Matter("general", "Session token stays valid after logout",
               "My report on the session token of the host app was closed as informative. The token works from another device "
               "for eleven days after logout, which the programme's own table calls high.",
               "I repeated it on a fresh account; the steps and the requests are in the log.",
               "The token is bound to the device family. Without the device secret it is of no use, so we see no impact."),
        Matter("general", "Marked as duplicate of an older report",
               "They say that my report on the invoice export is a duplicate. The older one is about another parameter, and was "
               "fixed before I tested.",
               "The fix is in the release notes of March; my finding was made in May, against the fixed version.",
               "Both come from the same missing check in the same function. We pay the first one who reports a cause."),
        Matter("general", "Severity lowered after the fix",
               "The reward was announced as high, and paid as medium after the fix was out. Nothing about the finding changed.",
               "The message with the first assessment is attached.",
               "The first message was a first look. Exploiting it needs a host's login, which makes it medium by our table."),
        Matter("general", "Said to be out of scope",
               "The subdomain was in scope on the day of my report; it was taken out of the list two days later.",
               "The archived page of that day shows it in the list.",
               "It was listed by mistake, and belongs to a supplier whom we cannot speak for."),
    ),
    "conduct_report": (
        Matter("harassment", "The host keeps writing after the stay",
               "After my stay in {place} the host has written to me eleven times, on two apps, and knows where I work.",
               "I have not answered since Tuesday. The messages go on; here are the last four.",
               "I wanted to talk about the review. I did not know that it was unwelcome, and have stopped."),
        Matter("unprofessional", "Asked to pay outside of the platform",
               "The sitter asked for cash at the door, and told me that otherwise the booking in {place} would be cancelled.",
               "The message is attached, with the amount.",
               "The fee of the platform had gone up. I asked once and never cancelled anybody for it."),
        Matter("discrimination", "Turned away at the door",
               "We were confirmed for {place}. When they saw us they said that it was taken. An hour later it was free again.",
               "A friend booked the same room ten minutes afterwards; the confirmation is attached.",
               "There was a double booking that evening, and the calendar was late. It had nothing to do with the guests."),
        Matter("threats", "A threat after a bad review",
               "After my review of {place} I was told that they have my address and will come by. I am afraid to be at home.",
               "The voice message is forty seconds long; the part is at the end.",
               "I was angry and said that I would come to talk. I would never do anything to anybody."),
        Matter("unprofessional", "Let himself in while we were out",
               "The host of {place} was in the flat when we came back, and said that he was checking the heating.",
               "We had told him on Monday that nobody should come in; the message is attached.",
               "The heating had an alarm. I rang three times, and waited at the door before I went in."),
    ),
    "fraud_report": (
        Matter("fake_listing", "The house does not exist",
               "I paid for a week in {place}. At the address there is a petrol station; two other families stood there too.",
               "Another family and I have put our confirmations together: the same pictures, three different hosts.",
               "The listing was taken over with my account. I changed the password when I could not log in."),
        Matter("account_takeover", "Bookings that I never made",
               "Three bookings in my name in one night, all of them in {place}, and my e-mail address was changed.",
               "I was asleep; the log-ins come from a country where I have never been.",
               "We hosted somebody with the name on the booking, and checked the document at the door."),
        Matter("card_testing", "Small charges from a host account",
               "Our card was charged nineteen times with small amounts by {place}, where we have never been.",
               "The bank has blocked the card. The list of the charges is attached.",
               "These were checks of cards on file by our old software; nobody meant to take money."),
        Matter("refund_abuse", "The same guest, the same broken shower",
               "The same pictures of a broken shower were sent to us and to two other hosts of {place} within a month.",
               "The pictures have the same scratch in the tile; the other two hosts have sent me theirs.",
               "I have stayed in three places that had the same problem. It is a common shower."),
        Matter("fake_listing", "Asked to pay by transfer, outside",
               "After the booking of {place} I was sent an account number for the deposit. The house knows nothing of it.",
               "The message and the receipt of my bank are attached.",
               "We never ask for transfers. Somebody wrote in our name from another address."),
    ),
    "moderation_appeal": (
        Matter("general", "My review was removed",
               "My review of {place} was removed as an insult. I wrote that the bed was old and the host rude, which is true.",
               "Here is the whole text as it stood. There is no word about a person's looks or origin.",
               "The review names my daughter. That is what I reported."),
        Matter("general", "The photo of the bathroom was taken down",
               "The photo of the bathroom in {place} was removed as indecent. It shows mould and nobody is in it.",
               "The original file is attached.",
               "There was somebody's reflection in the mirror, unclothed."),
        Matter("general", "The listing was restricted as misleading",
               "Our listing of {place} is hidden since Monday, because the beach is said to be farther than ten minutes. It is "
               "nine, and we measured it.",
               "The map with the way is attached; the new bridge is open since spring.",
               "The bridge is closed from October on."),
        Matter("general", "My answer to a guest was taken down",
               "I answered a review of {place} and wrote that the guest had left early. It was removed as private information.",
               "The guest says the same in their own review, one line above.",
               "They wrote on which day I left and with whom. That is nobody's business."),
        Matter("general", "The listing was removed for its name",
               "{place} has been called so since 1911. Now the name is said to be another company's mark, and we are gone.",
               "The entry of the register is attached, with the year.",
               "The mark is ours for travel services since 2014; the register of trade marks says so."),
    ),
    "compliance_request": (
        Matter("gdpr_access", "A copy of everything about me",
               "I ask for a copy of all personal data that you process about me, the notes of your support included.",
               "This is the address that I have used since 2021.", "We have found two accounts under this name."),
        Matter("gdpr_erasure", "Erase my host account",
               "Please erase my account and everything in it. I do not host any more.",
               "There is no open booking. The last payout was in March.",
               "Invoices are kept for as long as tax law says; the rest can go."),
        Matter("ccpa_delete", "Delete my data (California)",
               "I am a resident of California and ask you to delete the personal information that you have collected from me.",
               "My address is on the last bill.", "The account has a dispute that is still open."),
        Matter("legal_order", "Order to hand over booking data",
               "The court orders you to hand over the bookings of one guest in {place} between May and July.",
               "A sealed copy follows by post.", "The order names a period in which there were no bookings."),
    ),
    "safety_incident": (
        Matter("bite", "Bitten by the sitter's dog",
               "Our girl came back from {place} with a bite in the leg. The vet stitched it; the sitter had said nothing.",
               "The vet's report and the bill are attached. She limps.",
               "The dogs had played well for two days. It happened in a second, and I cleaned it at once."),
        Matter("injury", "Fell through a rotten step",
               "The outside stairs of {place} gave way. My father has broken his wrist.",
               "The picture shows the step: the wood is soft through and through.",
               "The stairs were looked at in spring; the report says that they are sound."),
        Matter("illness", "Carbon monoxide alarm in the night",
               "The alarm that we travel with went off at three in the night in {place}. The boiler stands in the bedroom.",
               "The fire brigade has shut the gas off; their slip is attached.",
               "The boiler was serviced in September. We have closed the flat until it has been looked at."),
        Matter("missing", "The cat has not come back",
               "The sitter in {place} left the window open, and our cat is gone since yesterday. She is ill and needs tablets.",
               "A neighbour has seen her near the rails.", "I have been looking for her since six, with two friends."),
        Matter("bite", "The cat was hurt by another guest's dog",
               "The sitter of {place} took in a dog on the second day. Our cat has a torn ear, and hides from everybody.",
               "The pictures are from the evening when we fetched her.",
               "The dog was in another room. Somebody left a door open for a minute."),
    ),
}  # fmt: skip

ASKED = (
    "Please send us what you have in writing about it: messages, pictures with their date, bills.",
    "We need to see it for ourselves. Can you send a picture that shows the whole of it, and one from nearby?",
    "Which day was it, and who else was there? A line from them would help.",
)
REPLIES = (
    "Thank you, we have read both sides. We come back to you by tomorrow evening with the next step.",
    "We have asked the other side for their view, and will look at it together with what you have sent.",
    "I have taken this over from my colleague of the other site. You need not send anything twice.",
)
LATELY = (
    ("Is there anything new? I am away from Friday on.", "Thank you for asking. We have all that we need, and decide this week."),
    ("I have one more message about it. Do you want it?", "Yes, please send it as evidence, so the other side sees it."),
    ("How long does this take?", "Most such cases are decided within two weeks."),
)  # fmt: skip
READ = "Your appeal is here, and somebody who did not decide it before reads everything afresh."
CARE = "How are you today? We have nothing new yet, and write again the day after tomorrow, also when there is nothing to say."
NOTES = (
    "Same house as two older cases; look at the photographs side by side.",
    "Spoke with the site lead: we treat it like the case of last month.",
    "The claimant writes at night local time; answer in their morning.",
)
REASONS = (
    "Both sides have been heard. What was shown fits together on the main point, and nothing was brought against it.",
    "The pictures have their date, and the messages say the same. What the other side says remains possible, and no more.",
    "What the page promised counts. It could be read both ways, and then it counts against whoever wrote it.",
)
APPEALS = (
    "The picture that decided it is from another day. I have the original file, and it says so.",
    "You have not looked at the second message, in which they agree with me.",
)

STATEMENT = {
    "decision_account": "DECISION_ACCOUNT_SUSPENDED",
    "decision_facts": "What was handed in by both sides, and what each said to it.",
    "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
    "incompatible_content_ground": "Code of conduct",
    "incompatible_content_explanation": "It breaks the clause that the decision names.",
    "content_type": ["CONTENT_TYPE_OTHER"],
    "content_type_other": "Conduct towards another member",
    "category": "STATEMENT_CATEGORY_CYBER_VIOLENCE",
    "territorial_scope": ["DE"],
    "content_date": "2026-01-15",
    "application_date": "2026-01-15",
    "source_type": "SOURCE_TYPE_OTHER_NOTIFICATION",
    "automated_detection": "No",
    "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
}
"""What is told of an exclusion beside its reasons."""
