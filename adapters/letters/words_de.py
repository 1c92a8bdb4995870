"""German names of the codes that notices carry; the pages (``console/party/words``) call the same things the same."""

from __future__ import annotations

from adapters.letters.words import Words

_LOST = "Sie können Einspruch einlegen, weil Ihnen diese Entscheidung etwas nimmt oder weniger gibt, als Sie verlangt haben."
_KEPT = "Gegen diese Entscheidung können Sie keinen Einspruch einlegen, weil sie Ihnen nichts nimmt."
_USED = "Sie können nicht noch einmal Einspruch einlegen: Jede Seite kann es einmal, und Sie haben es getan."
_NONE = "Gegen Entscheidungen in Fällen dieser Art gibt es keinen Einspruch."
_FRESH = "Sie können Einspruch einlegen: Eine frühere Entscheidung war zu Ihren Gunsten, diese ist es nicht."
_AUTHORITY = (
    "Sie können sich bei der Datenschutzbehörde beschweren, wo Sie wohnen, arbeiten oder wo es geschah, "
    "und Sie können vor Gericht gehen."
)

GERMAN = Words(
    locale="de",
    weekdays=("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    months=(
        *("Januar", "Februar", "März", "April", "Mai", "Juni"),
        *("Juli", "August", "September", "Oktober", "November", "Dezember"),
    ),
    date="{weekday}, {day}. {month} {year}",
    zones={"CET": "MEZ", "CEST": "MESZ", "EET": "OEZ", "EEST": "OESZ"},
    separators=(".", ","),
    the_platform="die Plattform",
    # A kind is a noun with a gender of its own, so letters speak of "the case" and put the kind before a colon.
    matter={"claimant": "Ihr Fall", "": "der Fall"},
    review="Prüfung",
    labels_of_pack=False,
    remedy="Eine Leistung",
    remedy_of="{name}: {amount}{whom}{when}",
    to={
        "you": " an Sie",
        "other": " an die andere Seite",
        "claimant": " an die meldende Seite",
        "respondent": " an die Gegenseite",
    },
    own_share=" an Sie, Ihr Anteil an {whole}",
    share_of_another=" an jemand anderen auf Ihrer Seite",
    once_back=", sobald die Ware zurück ist",
    may_appeal="Sie können gegen diese Entscheidung Einspruch einlegen.",
    no_appeal="Gegen diese Entscheidung können Sie keinen Einspruch einlegen.",
    hearing="Eine Anhörung",
    hearings={"call": "Ein Anruf", "video": "Ein Videogespräch", "in_person": "Ein Treffen"},
    kinds={
        "bounty_dispute": "Streit um eine Prämie",
        "conduct_report": "Meldung von Fehlverhalten",
        "payment_dispute": "Streit um eine Zahlung",
        "fraud_report": "Meldung eines Betrugs",
        "moderation_appeal": "Einspruch gegen eine Moderation",
        "compliance_request": "Anfrage zu persönlichen Daten",
        "safety_incident": "Meldung einer Gefahr",
    },
    notice="Meldung",
    # All of them feminine: the letters say "die" and "der" before them.
    reviews={
        "bounty_dispute": "Vermittlung",
        "conduct_report": "Untersuchung",
        "fraud_report": "Untersuchung",
        "payment_dispute": "Prüfung",
        "safety_incident": "Untersuchung",
    },
    remedies={
        "payout": "Eine Zahlung",
        "refund": "Geld zurück",
        "refund_with_return": "Geld zurück",
        "refund_with_replacement": "Ersatz und Geld zurück",
        "replacement": "Ersatz",
        "replacement_with_return": "Ersatz",
        "correction": "Eine Berichtigung der Aufzeichnung",
        "payout_freeze": "Auszahlungen werden zurückgehalten",
        "release": "Zurückgehaltenes Geld wird freigegeben",
        "warn": "Eine Verwarnung",
        "suspend": "Eine Sperre",
        "disclose": "Eine Kopie der Daten",
        "hand_over": "Die Daten, in einer Form, die Maschinen lesen",
        "limit_use": "Die Daten werden aufbewahrt und vorerst für nichts anderes verwendet",
        "stop_use": "Die Daten werden für das, dem Sie widersprochen haben, nicht mehr verwendet",
        "opt_out": "Ihre Daten werden nicht mehr verkauft oder geteilt",
        "human_review": "Ein Mensch entscheidet noch einmal, was eine Maschine entschieden hatte",
        "suspend_account": "Das Konto wird gesperrt",
        "close_account": "Das Konto wird geschlossen",
        "suspend_service": "Der Dienst wird gesperrt",
        "close_service": "Der Dienst wird beendet",
        "demonetise": "Zahlungen dafür werden zurückgehalten",
        "erase": "Die Daten werden gelöscht",
        "no_contact": "Kein Kontakt mit der anderen Seite",
        "educational_notice": "Ein Hinweis, der die Regeln erklärt; er wird Ihnen nicht nachgetragen",
        "warning": "Eine Verwarnung",
        "final_warning": "Eine letzte Verwarnung",
        "temporary_ban": "Eine Sperre auf Zeit",
        "long_ban": "Eine lange Sperre",
        "permanent_ban": "Eine Sperre auf Dauer",
        "misuse_noted": "Ein Missbrauch wird vermerkt; das ist noch keine Sanktion",
        "misuse_warning": "Eine Verwarnung wegen Missbrauchs",
        "processing_suspension": "Ihre Meldungen und Beschwerden werden eine Zeit lang nicht bearbeitet",
        "service_suspension": "Der Dienst wird eine Zeit lang gesperrt",
        "remove": "Der Inhalt wird entfernt",
        "restrict": "Der Inhalt wird eingeschränkt",
        "provisional_credit": "Eine vorläufige Gutschrift",
        "cancel_bookings": "Buchungen werden aufgehoben",
        "ban": "Ein Ausschluss",
    },
    whose={
        "named": ": Ihre eigenen, {name}",
        "you": ": Ihre eigenen",
        "fellow": ": die von jemand anderem auf Ihrer Seite",
        "other": ": die der anderen Seite",
        "claimant": ": die der meldenden Seite",
        "respondent": ": die der Gegenseite",
    },
    on_whom={
        "named": ", gegen Sie, {name}",
        "you": ", gegen Sie",
        "fellow": ", gegen jemand anderen auf Ihrer Seite",
        "other": ", gegen die andere Seite",
        "claimant": ", gegen die meldende Seite",
        "respondent": ", gegen die Gegenseite",
    },
    outcomes={
        "upheld": {
            "claimant": "Es ist zu Ihren Gunsten entschieden.",
            "respondent": "Es ist zu Gunsten der anderen Seite entschieden.",
        },
        "severity_changed": {"": "Die Schwere der Meldung wird geändert."},
        "partial_amount": {"": "Ein Teil dessen, was verlangt wurde, wird gewährt."},
        "discretionary_correction": {"": "Die ursprüngliche Entscheidung bleibt, mit einer Berichtigung nach Ermessen."},
        "invalid": {
            "claimant": "Ihm wird nicht stattgegeben. Die ursprüngliche Entscheidung bleibt.",
            "respondent": "Ihm wird nicht stattgegeben. Ihre ursprüngliche Entscheidung bleibt.",
        },
        "refunded": {
            "claimant": "Es ist zu Ihren Gunsten entschieden: Sie bekommen Ihr Geld zurück.",
            "respondent": "Es ist zu Gunsten der anderen Seite entschieden: Das Geld wird zurückgezahlt.",
        },
        "partly_refunded": {"": "Ein Teil des Geldes wird zurückgezahlt."},
        "replaced": {"": "Was bezahlt wurde, wird ersetzt."},
        "denied": {
            "claimant": "Ihm wird nicht stattgegeben. Es wird nichts zurückgezahlt.",
            "respondent": "Ihm wird nicht stattgegeben. Sie behalten das Geld.",
        },
        "confirmed": {"": "Die Meldung eines Betrugs ist bestätigt."},
        "suspicious_unproven": {"": "Es gibt Anzeichen für Betrug, aber sie beweisen ihn nicht."},
        "false_positive": {"": "Es wurde kein Betrug gefunden."},
        "granted": {"": "Der Anfrage wird entsprochen."},
        "granted_in_part": {"": "Einem Teil der Anfrage wird entsprochen."},
        "refused": {"": "Der Anfrage wird nicht entsprochen."},
        "violation": {
            "claimant": "Wir haben festgestellt, dass die Regeln verletzt wurden, und danach gehandelt.",
            "respondent": "Wir haben festgestellt, dass Sie die Regeln verletzt haben.",
        },
        "educational_notice": {
            "claimant": "Wir haben der anderen Seite die Regeln erklärt.",
            "respondent": "Was geschah, passt nicht zu den Regeln. Wir bitten Sie, sie noch einmal zu lesen.",
        },
        "unproven": {"": "Es ließ sich nicht zeigen, was geschah."},
        "no_violation": {"": "Die Regeln wurden nicht verletzt."},
        "substantiated": {"": "Was gemeldet wurde, ist bestätigt."},
        "partly_substantiated": {"": "Ein Teil dessen, was gemeldet wurde, ist bestätigt."},
        "unsubstantiated": {"": "Was gemeldet wurde, ließ sich nicht bestätigen."},
        "excluded": {"": "Was gemeldet wurde, ist bestätigt, und wem vertraut worden war, ist von der Plattform ausgeschlossen."},
        "accident": {"": "Es war ein Unfall, und niemand hat Schuld."},
        "keep": {"": "Der Inhalt bleibt."},
        "restrict": {"": "Der Inhalt bleibt, mit einer Einschränkung."},
        "remove": {"": "Der Inhalt wird entfernt."},
        "suspend_account": {"": "Das Konto ist gesperrt."},
        "close_account": {"": "Das Konto ist geschlossen."},
        "suspend_service": {"": "Der Dienst ist gesperrt."},
        "close_service": {"": "Der Dienst ist beendet."},
        "demonetise": {"": "Zahlungen dafür werden zurückgehalten."},
        "no_restriction": {"": "Nichts ist mehr eingeschränkt."},
    },
    decisions={
        "uphold": "Der Einspruch wurde gehört, und die frühere Entscheidung bleibt.",
        "overturn": "Der Einspruch wurde gehört, und die frühere Entscheidung ist aufgehoben.",
        "vary": "Der Einspruch wurde gehört, und die frühere Entscheidung ist zum Teil geändert.",
        "remit": "Der Einspruch wurde gehört, und der Fall geht zurück, um neu entschieden zu werden.",
    },
    rights={
        "lost_something": _LOST,
        "nothing_lost": _KEPT,
        "already_used": _USED,
        "no_appeal_in_kind": _NONE,
        "fresh_loss": _FRESH,
        "of_office": "Sie müssen nichts tun: Sie haben die Meldung zurückgenommen, und der Fall ging ohne Sie weiter.",
    },
    automation={
        (True, ""): "Eine Maschine hat es gefunden.",
        (False, ""): "Menschen haben es gefunden.",
        (True, "AUTOMATED_DECISION_FULLY"): "Eine Maschine hat es gefunden, und eine Maschine hat entschieden.",
        (False, "AUTOMATED_DECISION_FULLY"): "Menschen haben es gefunden, und eine Maschine hat entschieden.",
        (True, "AUTOMATED_DECISION_PARTIALLY"): "Eine Maschine hat es gefunden, und Menschen haben mit Hilfe einer Maschine "
        "entschieden.",
        (False, "AUTOMATED_DECISION_PARTIALLY"): "Menschen haben es gefunden und mit Hilfe einer Maschine entschieden.",
        (True, "AUTOMATED_DECISION_NOT_AUTOMATED"): "Eine Maschine hat es gefunden, und Menschen haben entschieden.",
        (False, "AUTOMATED_DECISION_NOT_AUTOMATED"): "Menschen haben es gefunden, und Menschen haben entschieden.",
    },
    sources={
        "SOURCE_ARTICLE_16": "Es wurde geprüft, weil jemand es gemeldet hat, wie das Gesetz es vorsieht.",
        "SOURCE_TRUSTED_FLAGGER": "Es wurde geprüft, weil ein vertrauenswürdiger Hinweisgeber es gemeldet hat.",
        "SOURCE_TYPE_OTHER_NOTIFICATION": "Es wurde geprüft, weil jemand es gemeldet hat.",
        "SOURCE_VOLUNTARY": "Es wurde geprüft, ohne dass es jemand gemeldet hat.",
    },
    redress={
        "internal_complaint": "Sie können sich innerhalb von sechs Monaten bei uns beschweren, kostenlos.",
        "out_of_court_settlement": "Sie können sich an eine zertifizierte außergerichtliche Streitbeilegungsstelle wenden.",
        "court": "Sie können vor Gericht gehen.",
    },
    misuse={"manifestly_unfounded": "offensichtlich unbegründet", "manifestly_illegal": "offensichtlich rechtswidrig"},
    translated={
        "team": "Für Sie übersetzt von {name}. Was darüber steht, ist das Original, und das gilt.",
        "translator": "Für Sie übersetzt von {name}. Was darüber steht, ist das Original, und das gilt.",
        "machine": "Von einer Maschine für Sie übersetzt ({name}). Das kann falsch sein. Was darüber steht, ist das Original, "
        "und das gilt.",
    },
    routes={
        "supervisory_authority": _AUTHORITY,
        "authority_and_court": _AUTHORITY,
        "out_of_court_and_court": "Sie können eine zertifizierte außergerichtliche Streitbeilegungsstelle wählen, die sich das "
        "ansieht, und Sie können jederzeit vor Gericht gehen.",
        "attorney_general": "Sie können sich bei der Generalstaatsanwaltschaft Ihres Bundesstaats beschweren.",
        "court": "Sie können das Gericht, das die Anordnung erlassen hat, bitten, unsere Antwort zu prüfen.",
    },
    charges={
        "threat": "dass jemand bedroht wurde",
        "threats": "dass jemand bedroht wurde",
        "doxxing": "dass private Daten eines anderen veröffentlicht wurden",
        "extortion": "dass unter einer Drohung etwas verlangt wurde",
        "sexual_misconduct": "sexuelle Belästigung",
        "self_harm": "dass sich jemand etwas antun könnte",
        "harassment": "Belästigung",
        "discrimination": "Diskriminierung",
        "retaliation": "Rache für eine Meldung",
        "unprofessional": "unprofessionelles Verhalten",
        "insult": "Beleidigungen",
        "spam": "unerwünschte Werbung",
        "pressure_for_payment": "Druck, zu zahlen",
        "contact_off_platform": "Kontakt außerhalb der Plattform",
        "unauthorised_disclosure": "dass etwas ohne Erlaubnis veröffentlicht wurde",
        "data_misuse": "Missbrauch von Daten",
        "impersonation": "dass sich jemand für einen anderen ausgegeben hat",
        "duty_of_care": "dass jemand in Obhut nicht gut betreut wurde",
        "honesty_about_risks": "dass bekannte Gefahren verschwiegen wurden",
        "emergency_steps": "dass im Notfall nicht das Nötige getan wurde",
        "life_in_danger": "dass ein Leben in Gefahr ist",
        "death": "dass ein Mensch oder ein Tier gestorben ist",
        "missing": "dass ein Mensch oder ein Tier vermisst wird",
        "child_endangerment": "dass ein Kind in Gefahr ist",
        "assault": "dass jemand angegriffen wurde",
        "injury": "dass ein Mensch oder ein Tier verletzt wurde",
        "bite": "dass ein Tier gebissen hat",
        "illness": "dass ein Mensch oder ein Tier krank wurde",
        "neglect": "dass ein Tier vernachlässigt wurde",
        "property": "dass etwas beschädigt oder gestohlen wurde",
        "account_takeover": "dass ein Konto übernommen wurde",
        "account_taken": "dass ein Konto übernommen wurde",
        "stolen_payment": "dass mit einer gestohlenen Karte oder einem fremden Konto bezahlt wurde",
        "misrepresentation": "dass das Angebot nicht ist, was gesagt wurde",
        "friendly_fraud": "dass jemand eine eigene Zahlung bestritten hat",
        "unauthorised": "eine Zahlung, der niemand zugestimmt hat",
        "card_testing": "dass Karten ausprobiert wurden",
        "refund_abuse": "Erstattungen, die niemandem zustehen",
        "false_identity": "dass jemand nicht ist, wer er sagt",
        "fake_listing": "dass es nicht gibt, was angeboten wurde",
        "never_existed": "dass es nicht gibt, was angeboten wurde",
        "paid_outside": "eine Zahlung außerhalb der Plattform",
        "collusion": "dass Käufer und Verkäufer zusammenarbeiten",
        "not_received": "dass nicht ankam, was bezahlt wurde",
        "not_as_described": "dass nicht ankam, was beschrieben war",
        "duplicate": "dass dasselbe zweimal abgebucht oder gemeldet wurde",
        "wrong_amount": "dass ein falscher Betrag abgebucht wurde",
        "refund_not_processed": "dass eine Erstattung nicht ankam",
        "subscription_cancelled": "dass nach einer Kündigung abgebucht wurde",
        "severity": "wie schwer der Fund wiegt",
        "scope": "ob der Fund zum Umfang des Programms gehört",
        "out_of_scope": "ob der Fund zum Umfang des Programms gehört",
        "eligibility": "ob der Fund überhaupt zählt",
        "amount": "wie viel gezahlt wurde",
        "communication": "wie geantwortet wurde",
        "feedback": "wie geantwortet wurde",
        "without_ground": "eine Anfrage ohne jeden Grund",
        "charged_twice": "dass etwas zweimal abgebucht wurde",
        "cancelled": "dass nach einer Kündigung abgebucht wurde",
        "refund_missing": "dass eine Erstattung nicht ankam",
        "damaged": "dass etwas beschädigt ankam",
        "goodwill": "eine Zahlung aus Kulanz",
        "illegal_content": "rechtswidrige Inhalte",
        "hate": "Hass",
        "sexual_content": "sexuelle Inhalte",
        "violence": "Gewalt",
        "misinformation": "dass Unwahres verbreitet wurde",
        "manifestly_unfounded": "offensichtlich unbegründete Meldungen oder Beschwerden",
        "manifestly_illegal": "offensichtlich rechtswidrige Inhalte",
    },
    reasons={
        "no_reason_given": "Die Meldung sagt nicht, was geschehen ist oder was verlangt wird.",
        "closed_too_long_ago": "Worum es geht, wurde vor zu langer Zeit abgeschlossen.",
        "reply_pending": "Die andere Seite hat noch Zeit zu antworten. Wenn das nichts klärt, melden Sie es noch einmal.",
        "programme_excluded": "Dieses Programm nimmt an solchen Verfahren nicht teil.",
        "window_over": "Die Zeit für einen Einspruch gegen diese Entscheidung ist um.",
        "right_to_ask_withdrawn": "Sie können für eine Weile nicht mehr fragen, weil frühere Anfragen grundlos waren.",
        "already_appealed": "Sie haben gegen diese Entscheidung schon Einspruch eingelegt, und jeder kann es einmal.",
        "not_yours_to_appeal": "Eine solche Entscheidung nimmt Ihnen nichts, was ein Einspruch zurückgeben könnte.",
        "decision_unknown": "Gegen eine solche Entscheidung gibt es hier keinen Einspruch.",
        "no_data_request": (
            "Was Sie geschrieben haben, verlangt nach dem, was zwei von uns darin lesen, nichts von dem, was Ihnen der "
            "Datenschutz über Ihre Daten gibt. Wenn Sie sie sehen, berichtigen, mitnehmen oder löschen lassen, ihre Nutzung "
            "einschränken oder beenden lassen oder ihr widersprechen wollen, schreiben Sie uns noch einmal und sagen Sie es "
            "in einem Satz; ein Gesetz müssen Sie nicht nennen, und wir antworten mit einer Entscheidung. Wenn wir uns "
            "irren, können Sie sich auch bei Ihrer Datenschutzbehörde beschweren."
        ),
        "no_claim": (
            "Was Sie geschrieben haben, sagt nach dem, was zwei von uns darin lesen, von keiner Ihrer Zahlungen, dass sie ohne "
            "Sie gemacht wurde. Wenn es so ist, schreiben Sie uns noch einmal und sagen Sie, welche; wir gehen dem nach und "
            "teilen Ihnen schriftlich mit, was wir gefunden haben."
        ),
        "not_ours": "Die Daten sind nicht unsere: Bitte wenden Sie sich an den, der sie hat.",
        "decision_missing": "Die Meldung sagt nicht, gegen welche Entscheidung sie sich richtet.",
        "paid_too_long_ago": "Es wurde vor zu langer Zeit bezahlt, um hier darüber zu entscheiden.",
        "refunded_already": "Das Geld wurde schon zurückgezahlt.",
        "not_returned": "Die Ware kam nicht zurück, deshalb wird nicht ausgeführt, was dafür versprochen war.",
        "belongs_to_a_dispute": "Mit einer Entscheidung nicht einverstanden zu sein ist kein Fehlverhalten; wenden Sie sich "
        "gegen die Entscheidung selbst.",
        "happened_too_long_ago": "Es ist vor zu langer Zeit geschehen, um noch aufgenommen zu werden.",
        "what_happened_to_ask": "Die Meldung sagt nicht, was geschehen ist.",
        "not_booked_here": "Es geschah nicht bei etwas, das hier vereinbart wurde.",
        "decider_was_biased": "Wer entschieden hat, war nicht unparteiisch.",
        "procedural_fault": "Es wurde nicht so entschieden, wie es sein muss.",
        "not_heard": "Eine Seite wurde vor der Entscheidung nicht gehört.",
        "annulled": "Die frühere Entscheidung wurde aufgehoben.",
        "new_signal": "Etwas Neues ist aufgefallen.",
        "decided_elsewhere": "Dieselbe Sache wurde an anderer Stelle entschieden.",
        "decided_already": "Dieselbe Sache wurde hier schon entschieden, und die Meldung sagt nichts Neues dazu.",
    },
    endings={
        "ruled": "Die Zeit für einen Einspruch ist um, deshalb gilt die Entscheidung.",
        "settled": "Sie haben sich mit der anderen Seite geeinigt.",
        "declined": "Die Meldung wurde nicht angenommen.",
        "merged": "Es ist dieselbe Sache wie in einem anderen Fall und geht dort weiter.",
        "withdrawn": "Es wurde zurückgenommen.",
        "expired": "Es endete ohne Entscheidung.",
    },
    # What only the team is told: its letters are English.
    clocks={},
    troubles={},
    approvals={},
    agreement=(
        (r"(?P<remedies>.+), for the (?P<side>claimant|respondent)\.", "{remedies}, {side}."),
        (
            r"First the claimant sends the goods back\.(?P<label>.*) Until when is shown in the case\.",
            "Zuerst schickt die meldende Seite die Ware zurück.{label} Bis wann, steht im Fall.",
        ),
        (
            r"It is carried out once the goods are back, and the case is closed then\. If they are not sent in time, it is not\.",
            (
                "Es wird ausgeführt, sobald die Ware zurück ist, und dann ist der Fall abgeschlossen. Wird sie nicht rechtzeitig "
                "geschickt, wird es nicht ausgeführt."
            ),
        ),
        (r"It is carried out at once, and the case is closed\.", "Es wird sofort ausgeführt, und der Fall ist abgeschlossen."),
        (
            r"Somebody of the team looks at it first, and nothing is paid or sent before that\. The case is closed\.",
            (
                "Zuerst sieht es sich jemand aus dem Team an, und vorher wird nichts gezahlt oder geschickt. "
                "Der Fall ist abgeschlossen."
            ),
        ),
        # As agreements say it that were made before goods waited, too.
        (
            r"Somebody of the team looks at it first, and no money is paid before that\. The case is closed\.",
            "Zuerst sieht es sich jemand aus dem Team an, und vorher wird kein Geld gezahlt. Der Fall ist abgeschlossen.",
        ),
        (
            r"It takes the place of what was decided before\. Undone again: (?P<remedies>.+)\.",
            "Es tritt an die Stelle dessen, was vorher entschieden war. Rückgängig gemacht wird: {remedies}.",
        ),
        (
            r"With it ends what was pending between the sides: questions, other offers, and an appeal if one was lodged\.",
            "Damit endet, was zwischen den Seiten offen war: Fragen, andere Angebote und ein eingelegter Einspruch.",
        ),
        (
            r"A sanction is the platform's, and no agreement of the sides lifts one\.",
            "Eine Maßnahme der Plattform ist ihre Sache, und keine Einigung der Seiten hebt sie auf.",
        ),
        (
            (
                r"It binds both sides, and neither can appeal against it\. Within (?P<days>\d+) days of the closing the team "
                r"can take the case up again, for a reason that it gives\."
            ),
            (
                "Es bindet beide Seiten, und keine kann dagegen Einspruch einlegen. Innerhalb von {days} Tagen danach "
                "kann das Team den Fall wieder aufnehmen, mit einem Grund, den es nennt."
            ),
        ),
        (
            r"It binds both sides, and neither can appeal against it\.",
            "Es bindet beide Seiten, und keine kann dagegen Einspruch einlegen.",
        ),
    ),
    parts={
        "claimant": "für die meldende Seite",
        "respondent": "für die Gegenseite",
        " The claimant pays for sending them.": " Die Rücksendung bezahlt die meldende Seite.",
        " The respondent pays for sending them.": " Die Rücksendung bezahlt die Gegenseite.",
        " The platform pays for sending them.": " Die Rücksendung bezahlt die Plattform.",
    },
)
