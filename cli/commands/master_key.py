"""``ombud master-key``: the key under which everything is sealed, changed while lives go on. For whoever runs Ombud."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli.kit.exits import guarded
from cli.kit.options import AsJson
from cli.kit.show import note, say, show

app = typer.Typer(
    help="The master key: change it while everything runs, see what lies under an earlier one.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
_TOLD_EVERY = 10_000
"""Keys between two lines that say how far it is."""
UNOPENED = 4
"""Exit code when everything was sealed again but what does not open."""


@app.command()
def rotate(
    batch: Annotated[int, typer.Option(min=1, max=10_000, help="How much is sealed again together.")] = 500,
    json: AsJson = False,
) -> None:
    """Seal everything again that lies under an earlier master key, while everything goes on. Ended, run it again: it goes on.

    Says at the end whether the earlier keys are still needed. Exit code 1 while they are; 4 when something does not open: it is
    left as it is, and named.
    """
    from cli.kit.master_keys import rotated

    lately = 0

    def told(done: int) -> None:
        nonlocal lately
        if done - lately >= _TOLD_EVERY:
            note(f"{done} sealed again …")
            lately = done

    found = guarded(lambda: rotated(told, batch))
    show(found, json, lambda done: f"{done['sealed_again']} sealed again under {done['current']}.\n{_words(done)}")
    for row in found["unopened"]:
        of = " of ".join(said for said in (row["holder"], row["scope"]) if said)
        note(f"Does not open: {row['place']} {row['id']} of tenant {row['tenant_id']}{f' ({of})' if of else ''}: {row['why']}")
    if found["unopened"]:
        raise typer.Exit(UNOPENED)
    if found["needed"]:
        raise typer.Exit(1)


@app.command()
def status(json: AsJson = False) -> None:
    """Which master key seals, which others are known here, and how much lies under another. Exit code 1 while something does."""
    from cli.kit.master_keys import state

    found = guarded(state)
    show(found, json, _words)
    if found["under_others"]:
        raise typer.Exit(1)


@app.command("new")
def make(
    aws_kms: Annotated[
        str | None, typer.Option(help="Key of AWS KMS (id, ARN or alias/…) that seals it; left out: as it is.")
    ] = None,
) -> None:
    """Print a new key, for OMBUD_MASTER_KEY_NEXT. Nothing is kept of it; with a KMS only what that seals is written down."""
    from base64 import b64encode
    from secrets import token_bytes

    from runtime.key_forms import sealed_by_aws

    key = b64encode(token_bytes(32)).decode()
    say(guarded(lambda: sealed_by_aws(key, aws_kms)) if aws_kms is not None else key)


@app.command("digest-key")
def digest_key() -> None:
    """Print the root of digests in use, for OMBUD_DIGEST_KEY. Keep it as the master key: with it, guesses can be tried."""
    from cli.kit.master_keys import digest_root

    say(guarded(digest_root))


def _words(state: dict[str, Any]) -> str:
    since = f" since {state['since']}" if state["since"] else ""
    lines = [f"Master key {state['current']}{since}; others known here: {', '.join(state['known']) or 'none'}."]
    if state["under_others"]:
        lying = ", ".join(f"{number} {place}" for place, number in sorted(state["under_others"].items()))
        unknown = ", ".join(f"{number} under {key}" for key, number in sorted(state["under_unknown"].items()))
        unopened = len(state.get("unopened", ()))
        lines.append(f"Under another key: {lying}.")
        if unknown:
            lines.append(f"Not known here: {unknown}. Name that key in OMBUD_MASTER_KEYS_EARLIER: nothing else opens it.")
        if unopened:
            lines.append(f"{unopened} do not open by any key known here, and no key that is taken away changes that.")
        elif not unknown:
            lines.append("Earlier keys are needed; run: ombud master-key rotate")
    else:
        lines.append("Nothing lies under another key.")
    if not state["digest_key_given"]:
        lines.append(
            "Digests follow from a master key: set OMBUD_DIGEST_KEY to what `ombud master-key digest-key` prints, in every "
            "process, before that key is taken away."
        )
    elif not state["under_others"] and state["known"]:
        lines.append(
            "The earlier keys are not needed any more, once every process seals with this one. Where payloads are sealed for "
            "Temporal (OMBUD_TEMPORAL_CODEC=aes), begin anew first what ran before that: `ombud case revive --began-before …`."
        )
    return "\n".join(lines)
