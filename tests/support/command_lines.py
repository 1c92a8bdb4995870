"""Every command of the command line, read from it, and a whole line for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from typer.main import get_command

from cli.main import app

ROOT = Path(__file__).parents[2]
ALSO = {"case revive": ["thing"], "clock retarget": ["--priority", "high"]}
"""What a command line needs besides what typer knows that it must have."""
VALUES = {
    "pack": "bounty_dispute",
    "kind": "bounty_dispute",
    "speaker": "per_ada",
    "by": "per_ada",
    "person_id": "per_ada",
    "body": '{"type": "take"}',
    "url": "https://a.example/hook",
    "currency": "EUR",
    "amount": "5",
    "article": "9",
    "until": "2030-01-01T00:00:00Z",
}
"""What a parameter takes that cannot be any word."""


class Command(NamedTuple):
    """One command with its parameters by name."""

    words: str
    parameters: dict[str, Any]

    def typed(self, folder: Path, **given: str) -> list[str]:
        """A whole command line: `given`, and something for every other parameter that it must have."""
        line = self.words.split()
        for name, parameter in self.parameters.items():
            if name in given or parameter.required:
                value = given.get(name) or _something(name, folder)
                if getattr(parameter, "is_flag", False):
                    line.append(parameter.opts[0])
                    continue
                line += [value] if parameter.param_type_name == "argument" else [parameter.opts[0], value]
        return line + ALSO.get(self.words, [])


def _something(name: str, folder: Path) -> str:
    """A value that the parameter takes; a file is a pack, which only `policy publish` looks into before it asks whose it is."""
    if name == "file":
        path = folder / "file.json"
        path.write_bytes((ROOT / "policies/packs/bounty_dispute.yaml").read_bytes())
        return str(path)
    return VALUES.get(name, "thing")


def _commands(command: Any, words: tuple[str, ...] = ()) -> Iterator[Command]:
    if not hasattr(command, "commands") or command.invoke_without_command:
        yield Command(" ".join(words), {one.name: one for one in command.params})
    for name, inner in getattr(command, "commands", {}).items():
        yield from _commands(inner, (*words, name))


COMMANDS = {one.words: one for one in _commands(get_command(app))}
