"""``ombud case`` for parties who come and go: add one, remove one, have another take a place, and have letters go elsewhere."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli.kit.client import run
from cli.kit.options import As, AsJson, CaseId, Tenant
from cli.kit.send import send
from cli.kit.show import show
from cli.kit.target import Target

app = typer.Typer()

Speaker = Annotated[str, typer.Option("--as", help="Who says so: a party (pty_…), the owner, a lead or ops (per_…).")]
Ref = Annotated[str, typer.Option(help="The platform's own id of the person.")]
Side = Annotated[str, typer.Option(help="claimant or respondent.")]
Role = Annotated[str, typer.Option(help="principal, representative, witness, insurer or authority.")]
Name = Annotated[str | None, typer.Option(help="How they are called.")]
Email = Annotated[str | None, typer.Option(help="Where letters go.")]


SeesFrom = Annotated[
    str | None,
    typer.Option(help="start: they read what their side could read before; now: they do not. Left out: whoever represents does."),
]
Minor = Annotated[bool, typer.Option(help="They are under age.")]


def _person(side: str, role: str, ref: str, name: str | None, email: str | None, minor: bool) -> dict[str, Any]:
    known = {"name": name, "email": email, "minor": minor}
    return {"side": side, "role": role, "ref": ref, **{key: value for key, value in known.items() if value}}


@app.command("add-party")
def add_party(
    case_id: CaseId,
    side: Side,
    ref: Ref,
    speaker: Speaker,
    role: Role = "principal",
    name: Name = None,
    email: Email = None,
    represents: Annotated[str | None, typer.Option(help="For a representative: the party they speak for (pty_…).")] = None,
    agreed: Annotated[bool, typer.Option(help="Whoever is represented has agreed.")] = False,
    minor: Minor = False,
    sees_from: SeesFrom = None,
    tenant: Tenant = None,
    json: AsJson = False,
) -> None:
    """Make somebody a party: counsel, a guardian, somebody who helped, the respondent who was found."""
    said: dict[str, Any] = {"type": "add_party", "party": _person(side, role, ref, name, email, minor), "agreed": agreed}
    said |= {name: value for name, value in (("represents", represents), ("sees_from", sees_from)) if value}
    send(case_id, said, Target(tenant, speaker), as_json=json)


@app.command("remove-party")
def remove_party(
    case_id: CaseId,
    party: Annotated[str, typer.Argument(help="The party (pty_…).")],
    speaker: Speaker,
    reason: Annotated[str, typer.Option(help="Why, as a code.")] = "mistaken",
    reasons: Annotated[str | None, typer.Option(help="Why, for the team; needed for whoever has a say in the matter.")] = None,
    told: Annotated[str | None, typer.Option(help="What somebody whose own matter it was is told of why.")] = None,
    tenant: Tenant = None,
    json: AsJson = False,
) -> None:
    """A party is none any more; what they said stays on record. Whoever has a say in the matter is removed by two."""
    said = {name: text for name, text in (("reasons", reasons), ("told", told)) if text is not None}
    command = {"type": "remove_party", "party": party, "reason": reason, **said}
    send(case_id, command, Target(tenant, speaker), as_json=json)


@app.command("prove-address")
def prove_address(
    case_id: CaseId,
    party: Annotated[str, typer.Argument(help="The party (pty_…).")],
    speaker: Speaker,
    tenant: Tenant = None,
    json: AsJson = False,
) -> None:
    """A party is who the report names: for the platform, which knows its users. From then on what they say binds."""
    send(case_id, {"type": "prove_address", "party": party}, Target(tenant, speaker), as_json=json)


@app.command("replace-party")
def replace_party(
    case_id: CaseId,
    party: Annotated[str, typer.Argument(help="Whose place it is (pty_…).")],
    side: Side,
    ref: Ref,
    speaker: Speaker,
    role: Role = "principal",
    name: Name = None,
    email: Email = None,
    reason: Annotated[str, typer.Option(help="Why, as a code.")] = "succession",
    agreed: Annotated[bool, typer.Option(help="Whoever is represented has agreed to other counsel.")] = False,
    minor: Minor = False,
    sees_from: SeesFrom = None,
    tenant: Tenant = None,
    json: AsJson = False,
) -> None:
    """Another takes a party's place: a successor, the new owner of an account."""
    by_party = _person(side, role, ref, name, email, minor)
    said: dict[str, Any] = {"type": "replace_party", "party": party, "by_party": by_party, "reason": reason, "agreed": agreed}
    if sees_from:
        said["sees_from"] = sees_from
    send(case_id, said, Target(tenant, speaker), as_json=json)


@app.command("mend-address")
def mend_address(
    case_id: CaseId,
    party: Annotated[str, typer.Argument(help="The party (pty_…).")],
    email: Annotated[str, typer.Option(help="Where letters go from now on.")],
    reason: Annotated[str, typer.Option(help="Why, for the team; it stands in the case as a note.")],
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Have a party's letters go elsewhere, and those that went nowhere go out again. For leads and ops. Links of before end."""
    path = f"/v1/cases/{quote(case_id, safe='')}/parties/{quote(party, safe='')}/address"
    said = {"email": email, "reason": reason}
    mended = run(lambda desk: desk.ask("POST", path, json=said), Target(tenant, speaker))
    show(mended, json, _mended)


def _mended(found: dict[str, Any]) -> str:
    told = "is told" if found["old_address_told"] else "is not told: letters did not arrive there"
    return (
        f"{found['party']}: {found['letters_sent_anew']} letters go out again, {found['links_ended']} links and "
        f"{found['sessions_ended']} sessions have ended; the address before {told}"
    )
