"""Why something was not taken where money or people are at risk."""

from __future__ import annotations

from domain.model.refusals import Refusal


class CreditNotAllowed(Refusal):
    """This kind knows no provisional credit, or not of this amount; ``because`` says which."""

    code = "credit_not_allowed"


class CreditGiven(Refusal):
    """The claimant has a provisional credit already."""

    code = "credit_given"


class AuthorityUnknown(Refusal):
    """The pack does not know this authority."""

    code = "authority_unknown"


class ReportPending(Refusal):
    """This authority has been told, or a second person is looking at it."""

    code = "report_pending"


class ReportUnknown(Refusal):
    """No report to an authority waits for a second person."""

    code = "report_unknown"


class OwnReport(Refusal):
    """Whoever proposed a report to an authority cannot let it go out."""

    code = "own_report"


class QueueUnknown(Refusal):
    """The pack knows no such queue to hand over to."""

    code = "queue_unknown"
