"""Every way in which a request can fail, in one table: a stable code, the HTTP status, what it means and what to do about it.

Answers are RFC 9457 ``application/problem+json``. `docs/reference/errors.md` and the pages below ``/problems/`` follow from here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from services.errors import FieldError

MEDIA_TYPE = "application/problem+json"


class Row(NamedTuple):
    """One code: the status it is answered with, a title that never varies, and advice for whoever reads it."""

    status: int
    title: str
    advice: str


PROBLEMS: dict[str, Row] = {
    # who is calling
    "key_missing": Row(401, "No API key", "Send `Authorization: Bearer omb_…`."),
    "key_invalid": Row(401, "Unknown API key", "The key is misspelt or out of use; make a new one."),
    "signature_invalid": Row(401, "Signature does not fit", "Check the signing secret; the body must arrive byte for byte."),
    "signature_expired": Row(401, "Signature too old", "Check the sender's clock, or send the event again."),
    "scope_missing": Row(403, "The key lacks a scope", "Use a key with the scope that the detail names."),
    "by_forbidden": Row(403, "Not yours to speak for", "A person's key speaks for that person alone; leave `by` out."),
    "signature_needed": Row(403, "It is not signed", "Sign the command with `ombud command sign`, or send it by the API."),
    "signature_refused": Row(
        403, "The signature is not theirs", "Sign the whole command, for this tenant and case, with a key of whom `by` names."
    ),
    "door_closed": Row(403, "This door is closed", "Send the command by the API or the command line."),
    "signing_key_invalid": Row(422, "That is no public key", "Send the 32 bytes of an Ed25519 public key in base64."),
    "signing_key_taken": Row(409, "This key is registered already", "Make another key with `ombud command key`."),
    "trail_not_whole": Row(
        503, "The audit trail is not whole", "Nothing is changed that cannot be noted; `ombud audit verify` says what is amiss."
    ),
    "proof_not_yet": Row(409, "There is no proof of it yet", "Outside the team a case is proven once it is closed."),
    "login_needs_key": Row(403, "A key is needed to log in", "Log in with an API key of your own."),
    "own_credential_needed": Row(
        403,
        "Deciding takes the person's own credential",
        "Use a key of the person who decides; at the command line, `ombud login` first.",
    ),
    "party_needed": Row(422, "As which party?", "Name the party in whose place you ask with `Ombud-Act-As`."),
    "act_as_forbidden": Row(
        403, "Not yours to act as", "`Ombud-Act-As` takes a party and a platform's key with scope `act_as:parties`."
    ),
    "filter_forbidden": Row(403, "Filter not yours to use", "Nobody lists by what they may not know."),
    "conflict_of_interest": Row(403, "Closed to you: conflict of interest", "Turn to your lead, or to operations."),
    "access_needed": Row(403, "In none of your queues", "If you need to read it, take access: `POST /v1/cases/{id}/access`."),
    "access_reads_only": Row(
        403, "You may read it, and no more", "Have the case assigned to you, or its queue given to you, before you work on it."
    ),
    "reason_too_thin": Row(422, "That is no reason yet", "Say in some words why; at least three."),
    "access_not_needed": Row(409, "You can read it already", "Read the case; no access has to be taken."),
    "file_infected": Row(422, "Something harmful in a file", "A scanner found it. Hand in a clean copy, or say what it shows."),
    "scanner_away": Row(503, "The scanner does not answer", "Nothing is taken unscanned. Send it again in a moment."),
    "sender_unproven": Row(
        409, "The sender is not proven", "Make sure in another way that the party wrote it, and say so with `sender_checked`."
    ),
    "unplaced_closed": Row(
        409, "Somebody placed, is placing or dismissed this mail", "Read it again: it says what became of it, and on which case."
    ),
    "unplaced_full": Row(
        503, "Too much mail waits to be placed", "Place or dismiss what waits. A mail server tries again by itself."
    ),
    "sender_not_a_party": Row(403, "The sender is nobody of this case", "Answer from the address to which the notice went."),
    "origin_refused": Row(403, "Not from a page of ours", "Open the page itself, and send it from there."),
    "form_expired": Row(403, "The page is too old", "It was made for another session: open it anew. Nothing was sent."),
    "form_filled_in": Row(403, "A field nobody sees was filled in", "Maybe by a program: press once more. Nothing was sent."),
    "proof_needed": Row(403, "Show again that it is you", "Sign in once more: it was too long ago for so heavy a deed."),
    "session_over": Row(401, "You were signed out", "Nothing was sent. Sign in again, and go back to the page."),
    "sign_in_refused": Row(403, "Not signed in", "Begin again, or turn to whoever looks after accounts in your company."),
    "provider_away": Row(503, "The payment provider does not answer", "It is asked before it is believed: send it again."),
    "identity_provider_away": Row(503, "The provider of identities does not answer", "Try again soon."),
    # keys and people
    "scope_unknown": Row(422, "No such scope", "See `allowed` in `fields` for the scopes that there are."),
    "own_key_only": Row(
        403,
        "A person's key is made by themselves",
        "Give them a login code (`POST /v1/people/{id}/login-code`, `ombud person login-code`); they exchange it for a key.",
    ),
    "login_code_ended": Row(
        401,
        "The login code has ended",
        "It was exchanged, or a newer one was made. If you did not exchange it, tell ops at once; they make another.",
    ),
    "login_code_expired": Row(401, "The login code is too old", "A code is good for a day: ask ops for another."),
    "person_has_no_address": Row(
        409,
        "They cannot be reached",
        "A login code goes to the person by mail: give them an address first (`PATCH /v1/people/{id}` with `email`).",
    ),
    "admin_needs_person": Row(
        422, "A platform administers nothing", "Leave `admin` out, or make the key one of a person of ops (`person`)."
    ),
    "key_wider": Row(403, "Wider than your own key", "A key hands on no scope that it does not have itself; leave out `scopes`."),
    "key_outlives": Row(403, "It would outlive your own key", "Set `expires_at` to what `latest` says, or sooner."),
    "own_conflict": Row(
        403, "Your own conflict of interest", "Nobody lifts a conflict of their own; somebody else of ops can."
    ),
    "own_rights": Row(
        403, "Your own rights", "Nobody gives themselves a role, or says to whom they report; somebody else of ops can."
    ),
    "login_code_needed": Row(403, "A login code is needed", "Bring a login code as the bearer; ops make one for a person."),
    "last_administrator": Row(
        409,
        "The last one of ops",
        "Give somebody else the role `ops` first; at the command line of whoever runs Ombud it goes without.",
    ),
    "key_ended": Row(409, "The key has ended", "It expired or was revoked, for good: make a new one."),
    "person_exists": Row(409, "The id is somebody's", "Choose another id, or change the person who has it."),
    "person_deactivated": Row(409, "They do not work here any more", "Take them back first: `POST /v1/people/{id}/activate`."),
    # the request as a whole
    "not_found": Row(404, "Not found", "There is nothing here, or it is not yours to see."),
    "case_unknown": Row(404, "Not found", "There is nothing here, or it is not yours to see."),
    "method_not_allowed": Row(405, "Method not allowed", "See the `Allow` header."),
    "bad_request": Row(400, "Request not understood", "Check it against the OpenAPI description at `/v1/openapi.json`."),
    "parameter_invalid": Row(422, "A parameter is wrong", "See `errors` for the parameters and what they take."),
    "parameter_unknown": Row(422, "Unknown parameter", "See `errors` for the parameters that are taken here."),
    "parameter_repeated": Row(422, "A parameter is given twice", "Give it once; only names with `[]` take several values."),
    "cursor_invalid": Row(422, "Unknown cursor", "Take cursors from `next_cursor` as they are, and keep the filters."),
    "body_too_large": Row(413, "Body too large", "JSON takes 1.5 MB, an e-mail 20 MB."),
    "too_large": Row(413, "Body too large", "Shorten it, or attach less."),
    "content_type_unsupported": Row(415, "Content type not taken", "Send `application/json` (e-mail: `message/rfc822`)."),
    "json_invalid": Row(400, "Not JSON", "Send one JSON object in UTF-8."),
    "not_json": Row(422, "Not JSON that can be kept", "Send one JSON object in UTF-8."),
    "object_expected": Row(422, "One JSON object expected", "Wrap the fields in `{…}`."),
    "too_deep": Row(422, "Nested too deeply", "At most 32 levels are taken."),
    "key_twice": Row(422, "A name is given twice", "JSON readers disagree about which one counts; give it once."),
    "mail_unreadable": Row(422, "Not an e-mail", "Send the raw message as it came off the wire (RFC 5322)."),
    "rate_limited": Row(429, "Too many requests", "Wait as long as `Retry-After` says."),
    # repetition
    "header_repeated": Row(400, "A header is given twice", "Send it once; what stands between us must not add another."),
    "idempotency_key_unused": Row(
        422, "No Idempotency-Key here", "Leave it out: nothing is kept by a key at this address."
    ),
    "idempotency_key_invalid": Row(422, "Idempotency-Key not usable", "Use 1 to 255 printable ASCII characters, such as a UUID."),
    "idempotency_key_reused": Row(422, "Idempotency-Key used for something else", "Use a new key for a new request."),
    "request_in_flight": Row(409, "The same request is still running", "Ask again with the same key after `Retry-After`."),
    "external_id_reused": Row(409, "External id used for something else", "The same (source, external id) is the same case."),
    "id_reused": Row(409, "Command id used for something else", "Choose a new id, or leave it out."),
    # reports
    "report_invalid": Row(422, "The report cannot become a case", "See `errors` for each field."),
    "metadata_full": Row(422, "Too many keys of metadata", "A case takes 50 keys; take some away by null."),
    "attribute_unreadable": Row(
        422, "An attribute that cannot be read", "See `errors` for what it takes; leave out what nobody said."
    ),
    "kind_unknown": Row(422, "Unknown kind of case", "Use a kind that the tenant has a policy pack for."),
    "owner_missing": Row(422, "Nobody is named", "Choose who gets the cases."),
    "claimant_missing": Row(422, "No claimant", "Name a party with side `claimant` and role `principal`."),
    "party_twice": Row(422, "A party is given twice", "Name each person once, and nobody on both sides."),
    "email_invalid": Row(422, "Not an e-mail address", "Write it as `name@host.example`, or leave it out."),
    "sender_missing": Row(422, "No sender", "The mail needs a `From` header."),
    "null_refused": Row(422, "Null is no value here", "Leave the field out, or give it a value."),
    "zone_unknown": Row(422, "Unknown time zone", "Use an IANA name such as `Europe/Berlin`."),
    "control_character": Row(422, "Control character", "Remove line breaks, control characters and bidi overrides."),
    "scalar_expected": Row(422, "Plain value expected", "Give true or false, a number, or a text of at most 500 characters."),
    "number_expected": Row(422, "Not a whole number", "Write digits alone."),
    "moment_expected": Row(422, "Not a date and a time of day", "Write both, as `2026-12-24T09:00`."),
    "code_invalid": Row(422, "Not a code", "Codes are lower case letters, digits and `_ . : -`, at most 64."),
    "number_not_storable": Row(422, "Number not storable", "Give a finite number; integers up to 2^53."),
    "id_missing": Row(422, "The dispute has no id", "A provider's dispute is known again by its id."),
    "amount_not_exact": Row(422, "Amount not exact", "The amount has more digits than its currency."),
    "command_unknown": Row(404, "Unknown command", "No command with this id is in the inbox of the case."),
    "date_impossible": Row(422, "Impossible date", "Dates lie in the years 1 to 9999 in UTC."),
    # texts
    "text_empty": Row(422, "Empty text", "Write something."),
    "text_too_long": Row(422, "Text too long", "At most 20,000 characters; attach a longer account as evidence."),
    "text_not_storable": Row(422, "Text not storable", "Remove NUL characters and halves of surrogate pairs."),
    "not_storable": Row(422, "Not storable", "Remove characters that cannot be stored."),
    # spans and calendars, as policy files write them
    "span_unknown": Row(422, "Not a span", "Write for example `8 working hours` or `3 business days`."),
    "span_not_whole": Row(422, "Days are counted whole", "Use hours for parts of a day."),
    "span_mixed": Row(422, "Mixed span", "Use one way of counting in a span."),
    "span_negative": Row(422, "Negative span", "Spans lie ahead."),
    "span_too_long": Row(422, "Span too long", "Use a shorter span."),
    "span_empty": Row(422, "Empty opening", "An opening ends after it begins."),
    "clock_time_invalid": Row(422, "Not a time of day", "Write it as `09:00`, between 00:00 and 24:00."),
    "weekday_unknown": Row(422, "Not a weekday", "Use `mon` to `sun`."),
    "text_expected": Row(422, "Text expected", "Put the value in quotes."),
    "calendar_no_hours": Row(422, "Calendar never opens", "Give it at least one opening."),
    "zone_missing": Row(422, "Calendar without a zone", "Name the IANA zone that its hours are in."),
    "join_days_unused": Row(422, "Days beside a join", "Put days off into the calendars that are joined."),
    # commands
    "malformed": Row(422, "Not a command", "See `errors` for each field, and the reference of commands."),
    "refused": Row(409, "Refused", "See the detail."),
    "not_in_this_phase": Row(409, "Not in this phase", "See `available_actions` for what can be done now."),
    "not_allowed": Row(403, "Not for this role", "Somebody else has to; the detail says who, or `allowed` in `fields`."),
    "not_your_case": Row(403, "Somebody else's case", "Take it, or have it assigned first."),
    "actor_unknown": Row(403, "Unknown actor", "Nobody with this id has anything to do with the case."),
    "own_case": Row(403, "Nobody judges their own case", "Another person has to decide it."),
    "same_credential": Row(403, "Both words came by one credential", "The second person has to use a credential of their own."),
    "own_ruling": Row(403, "Nobody approves their own ruling", "Another lead has to."),
    "already_open": Row(409, "Opened before", "The case is there already."),
    "not_opened": Row(409, "Not opened yet", "The report waits to be taken in; try again."),
    "outcome_unknown": Row(422, "Unknown outcome", "Use an outcome of the kind; see `fields`."),
    "ground_unknown": Row(422, "Unknown ground", "Name a clause that the kind knows; see `fields`."),
    "sanction_not_allowed": Row(422, "Sanction does not fit", "See the detail, and `allowed` in `fields`."),
    "sanction_reasons_missing": Row(422, "Off the ladder without reasons", "Give `sanction_reason` and `sanction_reasons`."),
    "not_disclosed": Row(409, "The respondent does not know", "Tell them of the case first (`disclose`)."),
    "tipping_off": Row(409, "Two persons have to tell them", "It is reported to a financial intelligence unit, or is to be: "
                       "no text of one person reaches either side, and no question, message or ruling the respondent."),
    "already_disclosed": Row(409, "The respondent knows", "They were told of the case, at its opening or since."),
    "not_heard": Row(409, "Not heard yet", "See `fields`: rule when this side has answered, or its time is over."),
    "remedy_not_allowed": Row(422, "Remedy does not fit", "Use a remedy that comes with the outcome; see `fields`."),
    "amount_too_high": Row(422, "More than can be paid", "See `payable` in `fields` for how much can still be paid."),
    "currency_differs": Row(422, "Another currency", "Use the currency of the payment; see `currency` in `fields`."),
    "amount_known": Row(403, "The amount is known", "A lead, ops or the platform corrects it."),
    "amount_below_paid": Row(409, "More stands already", "See `standing` in `fields` for what was given and stands."),
    "money_stands": Row(409, "Money was given here", "Link the two instead."),
    "not_ticked": Row(422, "Not ticked", "There is an amount for a remedy that is not chosen: tick it, or leave its amount out."),
    "amount_missing": Row(422, "Amount missing", "Give an amount above zero, in minor units, with its currency."),
    "less_than_asked": Row(
        422,
        "Less than half of what is in question",
        "Look at the amount: `given` and `asked` are in `fields`. If it is meant, say why in `less_because`.",
    ),
    "reference_missing": Row(422, "No reference", "Of money paid by hand say in `reference` by which number it is found."),
    "agreement_in_question": Row(
        409,
        "The agreement is in question",
        "Nobody carries out what was agreed on before it is decided on again. Done before `since`: say when in `done_at`.",
    ),
    "ruling_incomplete": Row(422, "The ruling leaves something out", "See `missing` in `fields` for what its outcome needs."),
    "statement_incomplete": Row(422, "Statement of reasons incomplete", "See `errors` for each field."),
    "statement_missing": Row(404, "No statement of reasons", "No ruling of this case has one, or its texts were erased."),
    "condition_unknown": Row(422, "Unknown condition", "Use a condition of the kind; see `allowed` in `fields`."),
    "complaint_route_unknown": Row(422, "Unknown route of complaint", "Use a route of the kind; see `allowed` in `fields`."),
    "no_such_offer": Row(409, "No such offer", "Read the case again: the open offer is another one, or none."),
    "chargeback_unknown": Row(409, "No chargeback", "No card network decides this case, or there is no draft to send it."),
    "network_file_refused": Row(422, "Not a file for the network", "See the detail: its type, its size, or two of one thing."),
    "chargeback_over": Row(409, "Chargeback over", "The network takes evidence once, and it was sent."),
    "no_return_awaited": Row(409, "No such return", "Nobody waits for goods, or they are not where the command says."),
    "return_under_way": Row(409, "Settled, goods on their way", "What was agreed binds both; confirm or contest the return."),
    "no_settlement": Row(409, "No settlement", "Matters of this kind are decided; say what you want to say as a message."),
    "nothing_to_concede": Row(409, "Nothing to concede", "Make an offer that names what you give; see `detail`."),
    "appointment_unknown": Row(409, "No such hearing or call", "See the case's `appointments` for those that there are."),
    "appointment_not_open": Row(409, "Not as it stands", "See `because` in `fields`, and the case's `appointments`."),
    "appointment_ahead": Row(409, "A hearing or call is ahead", "Put down what was said, or call it off, first."),
    "time_not_proposed": Row(422, "Not a proposed time", "Use the instants of `times`, or propose others by a move."),
    "consent_missing": Row(422, "Consent not said", "Say in `joint` whether the side agrees to meet the other one."),
    "protocol_missing": Row(422, "Nothing put down", "Put down in `protocol` what was said; somebody came."),
    "offer_unclear": Row(409, "Two offers are open", "Name the one you mean (`offer_id`)."),
    "offer_answered": Row(409, "Answered", "Your side's answer stands; wait for the other side's."),
    "others_in_case": Row(409, "Others are in this case", "Have the other report split off before you agree."),
    "own_offer": Row(403, "Your own offer", "The other side has to answer it."),
    "nothing_to_annul": Row(409, "Nothing to set aside", "No ruling that was told is in force; see the case's `ruling`."),
    "not_remitted": Row(422, "Not remitted", "Leave `same_decider` out, or remit the matter."),
    "no_right_to_appeal": Row(403, "No right to appeal", "See `fields` for the reason."),
    "window_over": Row(409, "Too late", "The window for this is over."),
    "owner_mismatch": Row(409, "Owner does not fit", "Read the case again: it is assigned already, or to nobody."),
    "system_only": Row(403, "For the system alone", "Nobody outside sends this."),
    "deadline_moot": Row(409, "Deadline moot", "The clock was stopped or moved before."),
    "effect_unknown": Row(409, "No such effect", "The case has no such effect running."),
    # commands for many cases
    "bulk_forbidden": Row(403, "Not for many cases at once", "Send it to each case by itself; see `in_bulk` for what goes."),
    "bulk_too_large": Row(422, "Too many cases", "A bulk goes to at most 1,000 cases: narrow the selection, and send several."),
    "selection_unclear": Row(422, "Which cases?", "Name at least one filter, or `all: true` alone for every open case."),
    # the desk
    "person_absent": Row(409, "Away", "Say first that you are there again: `POST /v1/people/{person_id}/returns`."),
    "not_on_rota": Row(422, "Cannot be on call here", "Name somebody who works the queue, a lead, or one of ops."),
    "turn_over": Row(409, "The turn is over", "Nothing is left of it to end or to hand over."),
    "not_absent": Row(409, "Not away", "Nobody said that they are, or the absence is over."),
    "person_unknown": Row(422, "Nobody of the team", "Mention people who work here, by their ids (`per_…`)."),
    "queue_not_yours": Row(422, "Not one of your queues", "Name one of your own, or none."),
    # cases that have to do with each other
    "other_case_unknown": Row(422, "No such other case", "Name a case of this tenant by its id."),
    "same_case": Row(422, "The same case", "Name another case."),
    "kind_differs": Row(409, "Cases of other kinds", "Link the two instead; the pack says which kinds can be merged."),
    "other_case_closed": Row(409, "The other case is closed", "Have it reopened, or link the two."),
    "merged_already": Row(409, "Merged before", "See `into` in `fields`, or `merged_into` and `case_links` of the case."),
    "ruling_begun": Row(409, "A ruling was drafted", "That matter is decided where it was drafted; link the two instead."),
    "settled_before": Row(409, "The sides have agreed", "Say whose wish it is, or why the agreement fails; see `allowed`."),
    "request_unanswered": Row(409, "Not answered yet", "Answer it, or refuse it by a ruling with its route of complaint."),
    "identity_not_asked": Row(409, "Nobody has to show that", "Ask for what carrying it out takes, by a request for evidence."),
    "identity_asked_before": Row(409, "Asked before", "Wait for the answer, or say in `reasons` what is still in doubt."),
    "claim_undecided": Row(409, "Not looked into yet", "Look into it and decide it; or whoever reported it takes it back."),
    "danger_unconfirmed": Row(409, "Not by one alone", "A lead or ops who did not say it, nor reports to who did, says it too."),
    "notice_undecided": Row(409, "Not decided yet", "Admit and decide it, or ask who sent it; or they take it back."),
    "request_unrecorded": Row(409, "Asked by nobody on record", "Say in `reasons` when and how that side asked for it."),
    "identity_unshown": Row(409, "Shown by nothing", "Add `evidence`, or `reasons` that say how it was checked."),
    "undecided_afresh": Row(409, "To be decided afresh", "Rule on it; the sides can agree, or whoever reported takes it back."),
    "matter_differs": Row(409, "Another matter", "It would end there unanswered: link the two instead."),
    "merge_unconfirmed": Row(
        409, "Two of the team merge it", "Have the two noted as duplicates (link), and a lead or ops who did not merge them."
    ),
    "merge_backwards": Row(409, "The other case is younger", "The older case goes on: merge the other one into this one."),
    "sides_mixed": Row(409, "Other people", "The two are not between the same people; link them instead."),
    "link_exists": Row(409, "Linked already", "The two are linked like this; see `case_links`."),
    "link_unknown": Row(409, "No such link", "See `case_links` of the case."),
    "link_unsettled": Row(409, "Link on its way", "The other case has not heard of it; try again in a moment."),
    "split_unfit": Row(422, "No case can be made of it", "Name parties of this case, one claimant among them; see `because`."),
    "campaign_unknown": Row(422, "Unknown campaign", "Name a campaign of this tenant by its id."),
    "campaign_closed": Row(409, "The campaign is closed", "Name one that is open."),
    "campaign_taken": Row(409, "In a campaign already", "Have it leave that one first."),
    "campaign_none": Row(409, "In no campaign", "There is nothing to leave."),
    # evidence and its files
    "evidence_type_unknown": Row(422, "Unknown type of evidence", "See `allowed` in `fields` for the types of this kind."),
    "party_unknown": Row(422, "Nobody of that side", "Name a party of this case who has not left it, on the side that is asked."),
    "request_unknown": Row(409, "No such request is open", "Read the case again; `requests` lists what is asked of you."),
    "file_unknown": Row(422, "No such file", "Upload it to this case first, as whoever hands it in."),
    "confidentiality_twice": Row(422, "Two confidentialities", "Leave `confidential` out."),
    "one_translator": Row(422, "Two translators", "Name a person or a machine, not both."),
    "original_found_inside": Row(422, "The original is not sent", "Name the text by `of` and `field`; what it says is found."),
    "ids_sealed_inside": Row(422, "Sealed ids are not sent", "Write the provider's ids in their own fields; we seal them."),
    "file_empty": Row(422, "Empty file", "Send the bytes of the file as the body."),
    "file_too_large": Row(413, "File too large", "See the detail for how much is taken."),
    "file_type_refused": Row(415, "Type of file not taken", "See the detail for the types that are."),
    "file_type_differs": Row(422, "Not what it is said to be", "Send the `Content-Type` that the bytes have."),
    "too_many_views": Row(409, "Too many saved views", "Forget one that you do not come back to."),
    "too_many_files": Row(409, "Too many files", "Hand in what matters: the number for one uploader is limited."),
    "file_erased": Row(410, "Erased", "The file was erased with everything else of whoever handed it in."),
    "file_withheld": Row(
        403,
        "Not handed on",
        "It has a letter to whoever handed it in, by which anybody could answer in their name. Ask the desk what it says.",
    ),
    "file_missing": Row(500, "The store does not have the file", "Tell us the request id."),
    "evidence_store_away": Row(503, "The evidence store does not answer", "Ask again after `Retry-After`; nothing was lost."),
    "attachments_too_large": Row(422, "Attachments too large together", "Upload large files as evidence of the case."),
    "reading_busy": Row(503, "Too much waits to be read", "Send it again after `Retry-After`; nothing of it was kept."),
    "reading_failed": Row(422, "It cannot be read", "It takes more time or memory than is given to one: send less at once."),
    # clocks and interim measures
    "clock_unknown": Row(409, "No such clock runs", "See `running` in `fields` for the clocks that do."),
    "clock_statutory": Row(403, "A limit of the law", "Nobody can make it stand still; extend it as its law allows."),
    "already_held": Row(409, "Stands still already", "Resume or thaw it first, or leave it as it is."),
    "no_alarm": Row(409, "Nobody was called", "Nobody was called because of this case, or what for is done."),
    "not_paused": Row(409, "Nothing to resume", "Nobody has paused or snoozed it; what waits for evidence goes on with that."),
    "instant_refused": Row(422, "Instant does not fit", "See the detail: it is past, too far away, or ahead."),
    "extension_refused": Row(409, "No such extension", "See the detail, and `because` in `fields`."),
    "extension_ambiguous": Row(422, "Two ends", "Say either for how long (`for`) or to when (`to`)."),
    "span_not_time": Row(422, "Not an amount of time", "Give hours or minutes (`2 hours`, `4 working hours`)."),
    "retarget_empty": Row(422, "Nothing to change", "Name a priority, category, queue, calendar, or what is to be the newest."),
    "nothing_changes": Row(409, "Nothing changes", "The case is already as the command would make it."),
    "calendar_unknown": Row(422, "Unknown calendar", "Use the name of a published calendar."),
    "incident_unknown": Row(409, "Not frozen for this incident", "`GET /v1/freezes` lists the incidents that are not over."),
    "measure_not_allowed": Row(422, "No such interim measure", "See `allowed` in `fields` for the measures against this side."),
    "not_on_hold": Row(409, "Not on legal hold", "See `holds` in `fields` for those that are on the case."),
    "legal_hold": Row(409, "Under legal hold", "Nothing of it can be deleted until a lead or ops lifts the hold."),
    "erasure_case_open": Row(
        409, "A case of this is open", "Close it first; or say on which ground a person goes all the same (`though_open`)."
    ),
    "erasure_waits": Row(409, "Asked for already", "The same waits for a second person: `GET /v1/erasures`."),
    "erasure_ended": Row(409, "This erasure has ended", "It was carried out or dropped: `GET /v1/erasures`."),
    "own_erasure": Row(403, "You asked for it yourself", "Another person of ops agrees to it."),
    "party_known": Row(409, "A party already", "This person is, or was, a party of the case; nothing needs to be added."),
    "party_not_here": Row(422, "Not in bulk", "Send `add_party` and `replace_party` to the case itself, one at a time."),
    "party_unfit": Row(422, "Cannot be a party like this", "See `because` in `fields`."),
    "party_unclear": Row(409, "Several on the side", "Split the case, so that each of them has their own."),
    "agreement_missing": Row(422, "Not agreed", "Ask whoever is to be represented, and say `agreed`."),
    "principal_needed": Row(409, "Each for themselves", "Several are on this side: whoever it is about says it."),
    "change_unconfirmed": Row(
        409, "A change of the parties waits", "A lead or ops who did not make it, or the platform, sends the same command."
    ),
    "address_unproven": Row(
        409, "Not known who it is", "They open the link of the letter to their address, or the platform sends `prove_address`."
    ),
    "guardian_needed": Row(409, "A guardian has to do it", "See `because` in `fields`; a guardian is a `representative`."),
    "withdrawal_pending": Row(409, "Asked back already", "The team has your word and answers it first."),
    "no_withdrawal": Row(409, "Nobody takes it back", "Read the case again: it was answered, or the matter was decided."),
    "not_withdrawable": Row(409, "Cannot be taken back", "Write to the desk what has changed; see `because` in `fields`."),
    "of_office": Row(409, "Goes on of office", "The platform is the claimant now; nothing is asked of whoever reported it."),
    "measures_unnamed": Row(422, "Measures not named", "Say of each in `measures` what becomes of it; before a merge, lift it."),
    "not_seen": Row(409, "Something came since", "Read what `since` names, and name it in `seen`."),
    "others_reported": Row(409, "Others reported it too", "Go on of office, or rule: it does not end for them."),
    "interim_unknown": Row(409, "No such measure in force", "Read the case again: it was lifted, or has lapsed."),
    # the procedure before a ruling
    "step_missing": Row(422, "No step named", "Name a step (`step`), or several (`steps`)."),
    "step_unknown": Row(422, "No such step", "See `allowed` in `fields` for the steps of this kind."),
    "procedure_incomplete": Row(409, "Steps are missing", "Do the steps in `missing`, or leave them out with a reason."),
    "evidence_unknown": Row(422, "No such evidence", "Name evidence of this case by its id (`evd_…`)."),
    "root_cause_unknown": Row(422, "No such root cause", "See `allowed` in `fields` for those of this kind."),
    "root_cause_missing": Row(409, "Root cause missing", "Name the root cause first; see `allowed` in `fields`."),
    "credit_not_allowed": Row(422, "No such credit", "See `because` in `fields`: the kind, the amount, or the currency."),
    "credit_given": Row(409, "Credited already", "The claimant has the money; the ruling says what becomes of it."),
    "authority_unknown": Row(422, "Unknown authority", "See `allowed` in `fields` for the authorities of this kind."),
    "report_pending": Row(409, "Reported already", "This authority was told, or a second person is looking at it."),
    "report_unknown": Row(409, "No such report waits", "Read the case again: it was let out or returned, or never proposed."),
    "exception_not_allowed": Row(422, "Not an exception of this kind", "See `because` and `allowed` in `fields`, and the pack."),
    "exceptions_used_up": Row(409, "No more exceptions this month", "The pack allows no more of these (`per_month`) this month."),
    "text_unknown": Row(422, "No such text", "Take the number from the timeline; `allowed` in `fields` names its texts."),
    "text_erased": Row(409, "The text was erased", "Nothing is written beside it any more."),
    "translation_refused": Row(422, "Not a translation of an original", "See `because` in `fields`."),
    "exception_unknown": Row(409, "No such exception waits", "Read the case again: it was granted or refused, or never asked."),
    "exception_pending": Row(409, "Asked for already", "The same exception waits for a second person, or holds."),
    "own_report": Row(403, "Nobody lets out their own report", "Another lead has to."),
    "queue_unknown": Row(422, "Unknown queue", "See `allowed` in `fields` for the queues that a case is handed over to."),
    "hand_over_empty": Row(422, "Handed over to whom?", "Name a queue, a person (`to`), or both."),
    # cases that ran elsewhere
    "external_id_missing": Row(422, "No id from elsewhere", "Give the id that the case had elsewhere, so that it moves in once."),
    "speaker_unknown": Row(422, "Said by whom?", "Name a party by its ref, a person of the team, `team` or `platform`."),
    "history_incomplete": Row(422, "The past lacks something", "See `field` in `fields`, and the detail for what it needs."),
    "history_impossible": Row(422, "The past cannot be so", "See `field` in `fields`: instants out of order, or no such phase."),
    "phase_overdue": Row(409, "The phase is over", "A clock of it ran out before the move: name the phase that came after it."),
    "policy_unusable": Row(503, "Policy unusable", "A published pack cannot be used by this release: publish it anew."),
    # endpoints, sources and settings of a tenant
    "endpoint_invalid": Row(422, "Not a web address", "Give an absolute https address with a host that can be looked up."),
    "endpoint_not_https": Row(422, "Not https", "Webhooks go out encrypted: give an https address."),
    "endpoint_not_public": Row(422, "Not a public address", "Its host is not globally reachable; give one that is."),
    "endpoint_host_unknown": Row(422, "Nobody knows this host", "Give a host that can be looked up from here, or try again."),
    "endpoint_port_refused": Row(422, "Not a port for webhooks", "Use 443, or one from 1024 on."),
    "endpoint_has_credentials": Row(422, "Credentials in the address", "Leave user and password out: webhooks are signed."),
    "endpoint_too_long": Row(422, "Address too long", "Give an address of at most 2,000 characters."),
    "source_secret_missing": Row(422, "Secret missing", "Give the secret that the provider shows for its webhook."),
    "source_secret_invalid": Row(422, "Not a signing secret", "Give `whsec_` and 16 to 64 bytes in base64, or leave it out."),
    "source_not_provable": Row(422, "Provider not set up", "Ask who runs Ombud for `OMBUD_PAYPAL_CERTIFICATE_PATH`."),
    "source_kind_missing": Row(422, "Of what kind?", "Name the `kind` of the cases that come from there."),
    "broken": Row(500, "Kept, but not processed", "The command is stored; a person has to look at it."),
    # our side
    "internal_error": Row(500, "Something broke", "Tell us the request id."),
    "vault_fault": Row(500, "Sealed data does not open", "Tell us the request id."),
    "administration_unavailable": Row(
        503, "Nothing can be administered here", "Ask who runs Ombud for `OMBUD_DATABASE_ADMIN_URL`; cases go on without it."
    ),
    "storage_unavailable": Row(503, "The database does not answer", "Ask again after `Retry-After`; nothing was lost."),
}  # fmt: skip


class Problem(Exception):
    """A request that fails, as it is answered. ``code`` has a row in the table; making one without is a programming error."""

    def __init__(
        self,
        code: str,
        detail: str | None = None,
        errors: Sequence[FieldError] = (),
        *,
        fields: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.row = PROBLEMS[code]
        super().__init__(code)
        self.code, self.detail, self.errors = code, detail or self.row.advice, tuple(errors)
        self.fields, self.headers = dict(fields or {}), dict(headers or {})

    def body(self, public_url: str, request_id: str) -> dict[str, Any]:
        """The problem as JSON."""
        body: dict[str, Any] = {
            "type": page_url(public_url, self.code),
            "title": self.row.title,
            "status": self.row.status,
            "code": self.code,
            "detail": self.detail,
            "request_id": request_id,
        }
        if self.errors:
            body["errors"] = [error._asdict() for error in self.errors]
        if self.fields:
            body["fields"] = self.fields
        return body


def page_url(public_url: str, code: str) -> str:
    """Where a code is explained."""
    return f"{public_url.rstrip('/')}/problems/{code}"


def errors_page() -> str:
    """The text of `docs/reference/errors.md`."""
    head = (
        "# Errors\n\nA request that fails is answered with a problem (RFC 9457, `application/problem+json`). Its `code` never\n"
        "changes; its `type` leads to the code's page; `errors` names each wrong field. Some codes appear in `errors` only.\n\n"
        "This page is written from `api/kit/problems.py` by `python -m api.kit.problems --write`; do not edit it.\n\n"
        "| code | status | means | what to do |\n| --- | --- | --- | --- |\n"
    )
    return head + "".join(f"| `{code}` | {row.status} | {row.title} | {row.advice} |\n" for code, row in sorted(PROBLEMS.items()))


if __name__ == "__main__":
    import sys
    from pathlib import Path

    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: python -m api.kit.problems --write")
    (Path(__file__).parents[2] / "docs" / "reference" / "errors.md").write_text(errors_page(), encoding="utf-8")
