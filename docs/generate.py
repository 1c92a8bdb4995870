"""Writes the reference pages that follow from the rules: `make docs`. A test fails when one is stale."""

import ast
import inspect
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

import domain.rules.decide  # noqa: F401 - with the rules every refusal is known
from docs import duties, limits_by_law
from docs.samples import OWN_SAMPLES, PACK_SAMPLES, PARTY_TYPES, SAMPLES
from domain.base import Phase
from domain.model import commands, refusals
from domain.model.usual_clocks import USUAL
from domain.rules import lifecycle

REFERENCE = Path(__file__).parent / "reference"
NOTE = "This page is written from `{source}` by `make docs`; do not edit it.\n"

COMMON_FIELDS = """\
A command is one flat JSON object, the same through the API, the update `ask`, the signal `tell` and the command line.
Every command has these fields:

| field | takes |
| --- | --- |
| `id` | the command's own id, `cmd_…`: sent again, it has no second effect and gets the first answer |
| `type` | one of the names below |
| `by` | who speaks: a person `per_…`, a party `pty_…`, a machine's key `key_…` |
| `channel` | where it came in: set by Ombud's own doors, `temporal` when left out |
"""
READING = """\
A policy pack can switch phases off. What is not in a phase's table is refused there with `not_in_this_phase`; anybody who is
not named for it is refused with the reason. Some of those who are named:
"""

KINDS = {
    "StatementOfReasons": "statement of reasons: the [fields](reasons.md) of the DSA Transparency Database, and `redress`",
    "Money": "money: `amount` in minor units, `currency`",
    "Span": "span of time in words: `2 hours`, `4 working hours`",
}
"""What a field takes, where a field's own type is more than its name."""


def command_classes() -> tuple[type[BaseModel], ...]:
    """Every command, in the order of its module."""
    found: tuple[type[BaseModel], ...] = get_args(get_args(commands.Command)[0])
    return found


def type_of(command: type[BaseModel]) -> str:
    """The command's name on the wire."""
    return str(command.model_fields["type"].default)


def example(command: type[BaseModel]) -> dict[str, Any]:
    """The command as somebody would send it."""
    name = type_of(command)
    body: dict[str, Any] = {"id": "cmd_0198c5a2-7d1e", "type": name}
    for field, about in command.model_fields.items():
        if field in SAMPLES:
            body[about.alias or field] = SAMPLES[field]
    body |= OWN_SAMPLES.get(name, {})
    body["by"] = "pty_claimant" if name in PARTY_TYPES else "per_mara"
    return body


def _notes(described: type) -> dict[str, str]:
    """The sentence written below a field or a member in its class."""
    body = ast.parse(inspect.getsource(described).lstrip()).body[0]
    assert isinstance(body, ast.ClassDef)
    # What several have in common stands below the fields of the class that they are made from.
    notes = {
        name: note for base in described.__bases__ if base.__module__.startswith("domain.") for name, note in _notes(base).items()
    }
    for field, below in pairwise(body.body):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]), ast.Expr(
                ast.Constant(str(text))
            ):
                notes[name] = " ".join(text.split())
            case _:
                pass
    return notes


def _kind(schema: dict[str, Any]) -> str:
    """What a field takes, in words, from its JSON schema."""
    if "$ref" in schema:
        return KINDS.get(_named(schema), _named(schema).lower())
    if "anyOf" in schema:
        return _kind(next(one for one in schema["anyOf"] if one.get("type") != "null"))
    if "enum" in schema:
        return " · ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    if schema.get("format") == "date-time":
        return "instant with its zone"
    if schema.get("type") == "string" and schema.get("maxLength", 0) >= 1000:
        return f"text, up to {schema['maxLength']:,} characters"
    return _pattern(schema["pattern"]) if "pattern" in schema else str(schema.get("type", "value"))


def _pattern(pattern: str) -> str:
    """An id by its prefix; any other short identifier is a code which the pack defines."""
    prefix = re.match(r"\^([a-z]+_)", pattern)
    return f"id `{prefix[1]}…`" if prefix else "code"


def _named(schema: dict[str, Any]) -> str:
    return str(schema["$ref"]).rsplit("/", 1)[-1]


def _resolved(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """An enumeration is shown by its values, not by its class."""
    if "anyOf" in schema:
        return {**schema, "anyOf": [_resolved(one, definitions) for one in schema["anyOf"]]}
    target = definitions.get(_named(schema), {}) if "$ref" in schema else {}
    return target if "enum" in target else schema


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    return "optional" if field.default in (None, ()) else f"`{json.dumps(field.default)}`"


def _fields(command: type[BaseModel]) -> Iterator[str]:
    schema = command.model_json_schema()
    notes = _notes(command)
    sent = schema["properties"].keys() - {"id", "by", "channel", "type"}
    shown = [name for name, field in command.model_fields.items() if (field.alias or name) in sent]
    if shown:
        yield "| field | takes | must | |\n| --- | --- | --- | --- |"
    for name in shown:
        field = command.model_fields[name]
        sent_as = field.alias or name
        takes = _kind(_resolved(schema["properties"][sent_as], schema.get("$defs", {})))
        yield f"| `{sent_as}` | {takes} | {_default(field)} | {_plain(notes.get(name))} |"


def _who(name: str) -> Iterator[str]:
    """One line for each group of phases with the same rule."""
    groups: dict[str, list[str]] = {}
    for row in lifecycle.TABLE:
        if row.command == name:
            groups.setdefault(f"{_people(row)}{_leads(row)}", []).append(row.phase)
    for rule, phases in groups.items():
        yield f"- in **{', '.join(phases)}**: {rule}"


def _people(row: lifecycle.Row) -> str:
    return ", ".join(sorted(row.who))


def _leads(row: lifecycle.Row) -> str:
    return f" → {' or '.join(row.leads_to)}" if row.leads_to else ""


def _plain(text: str | None) -> str:
    """A docstring as Markdown: one paragraph, without the marks of Sphinx."""
    paragraph = " ".join((text or "").split("\n\n")[0].split())
    return re.sub(r":\w+:`([^`]+)`", r"`\1`", paragraph).replace("``", "`")


def commands_page() -> str:
    """`reference/commands.md`: what can be asked of a case, by whom, and how it looks as JSON."""
    parts = ["# Commands\n", NOTE.format(source="domain/model/commands.py"), COMMON_FIELDS]
    for command in command_classes():
        name = type_of(command)
        parts += [f"## `{name}`\n", f"{_plain(command.__doc__)}\n"]
        if who := list(_who(name)):
            parts += [*who, ""]
        if name in commands.SYSTEM_COMMANDS:
            parts.append("Sent by the system alone; from anybody else it is refused.\n")
            continue
        if fields := list(_fields(command)):
            parts += [*fields, ""]
        parts.append(f"```json\n{json.dumps(example(command), ensure_ascii=False)}\n```\n")
    parts.append("## Refusals\n\nA command that cannot be done now is answered with a code; the case stays as it was.\n")
    parts.append("| code | means |\n| --- | --- |")
    kinds = sorted(refusals.Refusal.__subclasses__(), key=lambda kind: kind.code)
    parts += [f"| `{kind.code}` | {_plain(kind.__doc__)} |" for kind in kinds]
    return "\n".join(parts) + "\n"


def lifecycle_page() -> str:
    """`reference/lifecycle.md`: the phases, and the table of who may do what in each."""
    parts = [
        "# The life of a case\n",
        NOTE.format(source="domain/rules/lifecycle.py"),
        f"```mermaid\n{lifecycle.diagram()}```\n",
        READING,
    ]
    notes = _notes(lifecycle.Who)
    parts += [f"- **{who}**: {notes[who.name]}" for who in lifecycle.Who if who.name in notes]
    parts.append("")
    for phase in Phase:
        parts += [f"## {phase}\n", "| command | who may | leads to |\n| --- | --- | --- |"]
        parts += [
            f"| `{row.command}` | {_people(row)} | {' or '.join(row.leads_to) or '(stays)'} |"
            for row in lifecycle.commands_in(phase)
        ]
        parts.append("")
    return "\n".join(parts)


USUAL_CLOCKS = """\
A pack names these by `like:` and says only what is different; a clock of its own needs a `name`, a `target` and `levels`.
None of them ever changes, because cases carry their names: a better one gets a name of its own.

```yaml
clocks:
  - like: triage
  - like: ruling
    target: {urgent: 8 working hours, high: 24 working hours, normal: 60 working hours, low: 80 working hours}
```
"""


def usual_clocks_page() -> str:
    """`reference/usual-clocks.md`: the clocks that packs name instead of writing them out."""
    parts = ["# Usual clocks\n", NOTE.format(source="domain/usual_clocks.py"), USUAL_CLOCKS]
    for name, clock in USUAL.items():
        said = yaml.safe_dump(dict(clock), sort_keys=False, default_flow_style=None, width=120)
        parts.append(f"## `{name}`\n\n```yaml\n{said}```\n")
    return "\n".join(parts)


EVENTS_HEAD = """\
What happens in a case is posted to every endpoint for `events`, and what is to be carried out to the endpoint for `remedies`
([how to add one](../how-to/sources-and-endpoints.md)). `/v1/openapi.json` says the same under `webhooks`.

## How to verify

Webhooks are those of [Standard Webhooks](https://www.standardwebhooks.com), whose libraries verify them.

| header | holds |
| --- | --- |
{headers}

The key of the HMAC is not the secret's text but its bytes: what stands behind `whsec_`, read as base64. Sign the body as it
came, to the byte, before it is read as JSON:

```python
import base64, hashlib, hmac


def is_ours(secret: str, headers: dict[str, str], body: bytes) -> bool:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    said = f"{{headers['webhook-id']}}.{{headers['webhook-timestamp']}}.".encode() + body
    ours = "v1," + base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(ours, one) for one in headers["webhook-signature"].split())
```

Then compare `webhook-timestamp` with your clock: what is more than five minutes away is somebody's copy.

## Order and repeats

A message comes at least once: what was not answered with 2xx is sent again, with the same `webhook-id`, so keep the ids that you
have taken. Messages may overtake each other; `timestamp` says when a thing happened, and the case itself (`GET /v1/cases/CASE`)
how it stands now. A repeat has the same body, but for your own notes (`metadata`) and what was erased meanwhile. A remedy's id
comes as `Idempotency-Key` too, and its body has no time, so that a repeat is the same to the byte.

## In every event

`type`, `timestamp` and `data`. In `data` there are always `case_id`, `tenant_id`, `kind`, `phase`, `phase_label` and
`waiting_on`, and your own [references](../how-to/find-your-cases.md): `source`, `external_id`, `matter`, `subject`, `metadata`,
`parties`. Texts that you may know stand in `texts`. Take fields that you do not know as they come: there will be more.

```json
{whole}
```

## The events

What each has in `data` beside your references, as a case of a shipped kind said it. A pack may tell you more, by
`platform` or `all` in its `notices`.

"""


def events_page() -> str:
    """`reference/events.md`: what webhooks say, how to verify them, and in which order they come."""
    from api.bodies.events import HEADERS, REMEDIES, event_example, on_the_wire, remedy_example
    from api.examples.events import EVENTS
    from domain.notices.plan import events_of_platform
    from policies.shelf import Shelf

    packs = Shelf.load(2026).packs
    headers = "\n".join(f"| `{name}` | {about} |" for name, about in HEADERS.items())
    whole = json.dumps(event_example("ruling_issued"), indent=2)
    parts = ["# Webhook events\n", NOTE.format(source="the packs"), EVENTS_HEAD.format(headers=headers, whole=whole)]
    for event in sorted(EVENTS):
        kinds = ", ".join(f"`{kind}`" for kind in sorted(packs) if event in events_of_platform(packs[kind].notices))
        parts.append(f"### `{on_the_wire(event)}`\n\nKinds: {kinds}.\n\n```json\n{json.dumps(EVENTS[event], indent=2)}\n```\n")
    parts.append("## Remedies\n\nTo the endpoint for `remedies`: carry it out, or undo it, once.\n")
    parts += [f"### `{kind}`\n\n```json\n{json.dumps(remedy_example(kind), indent=2)}\n```\n" for kind in REMEDIES]
    return "\n".join(parts)


PACK_HEAD = """\
A pack is a YAML file that defines a kind of case. `ombud policy new KIND` begins one, `ombud policy lint FILE` says what is wrong
with it, and [try it](../how-to/try-a-policy.md) on a story before anybody lives by it. Editors complete and check it by
[pack.schema.json](pack.schema.json) (`ombud policy schema`): begin the file with
`# yaml-language-server: $schema=pack.schema.json`.

Spans are words (`8 working hours`, `3 business days`, `10 days`, `1 month`) or ISO 8601. Codes are of small letters, digits and
`_ . : -`, at most 64. Where a field takes a list of codes, they may stand in one text with blanks between them.
"""
_LONGEST = 130
_SECTIONS = {
    "Pack": "The file", "CategoryRow": "A category", "Gate": "A gate",
    "PriorityRow": "A row of `priority`", "StepRow": "A rung of a ladder",
    "ClockRow": "A clock", "_LevelRow": "A level of a clock", "_ExtensionRow": "The extension of a statutory limit",
    "TargetRow": "A target by report", "OutcomeRow": "An outcome", "RemedyRow": "A remedy", "OfferRow": "An offer",
    "Money": "A limit of money", "_InterimRow": "An interim measure", "SanctionsRow": "The section `sanctions`",
    "_KindRow": "A sanction", "_SanctionLadderRow": "A ladder of sanctions", "ChargebackRow": "The section `chargeback`",
    "PriorDecisionRow": "The section `decision_elsewhere`", "DecisionRow": "A decision made elsewhere",
    "StatementRow": "The section `statement_of_reasons`",
}  # fmt: skip
"""The parts of a pack in the order in which the page tells them."""


def pack_page() -> str:
    """`reference/pack.md`: every field of a pack, what it takes and means, with an example from a shipped pack."""
    from policies.schema import pack_schema

    schema = pack_schema()
    parts = ["# Every field of a pack\n", NOTE.format(source="policies/pack.py"), PACK_HEAD]
    shipped = _shipped_packs()
    for name, heading in _SECTIONS.items():
        definition = schema if name == "Pack" else schema["$defs"][name]
        about = _plain(definition["description"]) if name != "Pack" else "Every kind is one such file."
        parts += [f"## {heading}\n", *([f"{about}\n"] if about else [])]
        parts.append("| field | takes | must | means | for example |\n| --- | --- | --- | --- | --- |")
        for field, about in definition["properties"].items():
            must = "required" if field in definition.get("required", ()) else _default_of(about)
            shown = _example_of(field, definition, shipped)
            parts.append(f"| `{field}` | {_takes(about)} | {must} | {_plain(about['description'])} | {shown} |")
        parts.append("")
    return "\n".join([*parts, *_words_of_packs()])


def _default_of(about: dict[str, Any]) -> str:
    default = about.get("default")
    return "" if default in (None, [], {}, False, "") else f"`{default if isinstance(default, str) else json.dumps(default)}`"


def _takes(about: dict[str, Any]) -> str:
    """What a field takes, in words: a part of the page by its heading, values by their names."""
    if "$ref" in about:
        name = _named(about)
        heading = _SECTIONS.get(name, "")
        link = re.sub(r"[^a-z0-9_ -]", "", heading.lower()).replace(" ", "-")
        plain = {"Span": "span", "Phase": "phase", "Priority": "priority", "Side": "`claimant` · `respondent`"}
        return f"[{heading.lower()}](#{link})" if heading else plain.get(name, f"[{name.lower()}](#what-happens)")
    if choices := [one for key in ("anyOf", "oneOf") for one in about.get(key, ()) if one.get("type") != "null"]:
        said = dict.fromkeys(_takes(one) for one in choices)
        texts = [text for text in said if text != "text"] if any(text.startswith("list of") for text in said) else list(said)
        return " or ".join(texts)
    if about.get("type") == "array":
        return f"list of {_takes(about['items'])}"
    if about.get("type") == "object":
        inner = about.get("additionalProperties") or next(iter(about.get("patternProperties", {"": {}}).values()))
        return f"mapping to {_takes(inner)}" if isinstance(inner, dict) and inner else "mapping"
    if "enum" in about or "const" in about:
        return " · ".join(f"`{value}`" for value in about.get("enum", [about.get("const")]))
    if about.get("type") == "string":
        return "code" if "pattern" in about else "text"
    return {"boolean": "`true` · `false`", "integer": "whole number", "number": "number"}.get(str(about.get("type")), "value")


def _shipped_packs() -> list[Any]:
    from policies.pack import PACKS_DIR
    from policies.yaml_text import read

    return [read(path.read_text(encoding="utf-8")) for path in sorted(PACKS_DIR.glob("*.yaml"))]


def _example_of(field: str, definition: dict[str, Any], packs: list[Any]) -> str:
    """The shortest that a shipped pack says of the field in such a row; what none says is written by hand."""
    fields, needs = set(definition["properties"]), set(definition.get("required", ()))
    rows = [row for pack in packs for row in _mappings(pack) if needs <= set(row) <= fields and field in row]
    said = [yaml.safe_dump({field: row[field]}, default_flow_style=True, width=10_000).strip()[1:-1] for row in rows]
    short = [text for text in said if len(text) <= _LONGEST]
    return f"`{min(short, key=lambda text: (len(text) < 8, len(text))) if short else PACK_SAMPLES[field]}`"


def _mappings(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from _mappings(part)
    if isinstance(value, list):
        for part in value:
            yield from _mappings(part)


def _words_of_packs() -> Iterator[str]:
    """Every word by which clocks and notices name what happens."""
    from domain.rules.triggers import FACTS, WORDS

    yield "## What happens\n"
    yield "What `starts`, `stops`, `pauses` and `notices` can name. What stands behind a colon narrows it.\n"
    yield "| word | behind its colon |\n| --- | --- |"
    for word in sorted({known.partition(":")[0] for known in WORDS}):
        ends = ", ".join(f"`{known.partition(':')[2]}`" for known in sorted(WORDS) if known.startswith(f"{word}:"))
        alone = "" if word in FACTS or word in WORDS else " (always one of them)"
        yield f"| `{word}` | {ends}{alone} |"
    yield ""


NOT_OF_THE_RECORD = "tests/storage/record/not_of_the_record.yaml"


def not_of_the_record_page() -> str:
    """What can be altered without ``ombud audit verify`` finding it, each with its reason: the list of the mutation audit."""
    listed = yaml.safe_load((REFERENCE.parents[1] / NOT_OF_THE_RECORD).read_text(encoding="utf-8"))
    head = """\
# What is no part of the record

Whoever owns the database can alter what stands here, and `ombud audit verify` does not find it: a whole table, or a column of
one. Everything else it finds; a test alters every column of every table, to each word that the column takes, and deletes a row
of each. [What the proof proves](../explanation/what-the-proof-proves.md).

| table or column | why |
| --- | --- |
"""
    rows = (
        f"| `{table}` | {said} |\n"
        if isinstance(said, str)
        else "".join(f"| `{table}.{one}` | {why} |\n" for one, why in said.items())
        for table, said in listed.items()
    )
    return NOTE.format(source=NOT_OF_THE_RECORD) + "\n" + head + "".join(rows)


def pages() -> dict[Path, str]:
    """Every generated page with its text."""
    from services.packs import schema_text

    return {
        REFERENCE / "commands.md": commands_page(),
        REFERENCE / "lifecycle.md": lifecycle_page(),
        REFERENCE / "usual-clocks.md": usual_clocks_page(),
        REFERENCE / "events.md": events_page(),
        REFERENCE / "pack.md": pack_page(),
        REFERENCE / "dsa.md": duties.page(),
        REFERENCE / "not-of-the-record.md": not_of_the_record_page(),
        REFERENCE / "pack.schema.json": schema_text(),
        REFERENCE / "limits-by-law.md": limits_by_law.page(NOTE.format(source="docs/limits_by_law.py")),
    }


if __name__ == "__main__":
    REFERENCE.mkdir(exist_ok=True)
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
