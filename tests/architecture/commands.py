"""Which commands exist: the verbs of the Makefile and the commands of `ombud`, looked up without running them."""

import re
import shlex
from collections.abc import Iterator
from functools import cache
from typing import Any

from typer.main import get_command

from tests.architecture.house import ROOT

FENCE = re.compile(r"^ *```(?:sh|bash|console)\n(.*?)^ *```", flags=re.DOTALL | re.MULTILINE)


def commands_in(text: str) -> Iterator[list[str]]:
    """Each command line in a text's shell blocks, split into words; pipes and `&&` part two commands."""
    for block in FENCE.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            for part in re.split(r"\s+(?:&&|\|\|?|;)\s+", line.strip().removeprefix("$ ").split("  #")[0].strip()):
                words = shlex.split(part, comments=True)
                while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                    words.pop(0)
                if words:
                    yield words


@cache
def make_verbs() -> frozenset[str]:
    """Every verb of the Makefile that a person may type."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return frozenset(re.findall(r"^([a-z][a-z-]*):", text, flags=re.MULTILINE))


@cache
def _ombud() -> Any:
    from cli.main import app

    return get_command(app)


def is_a_command(words: list[str]) -> bool:
    """Whether `ombud` followed by these words leads to a command whose named options all exist; values are not looked at."""
    command: Any = _ombud()
    rest = list(words)
    while rest and not rest[0].startswith("-") and (group := getattr(command, "commands", None)):
        command = group.get(rest.pop(0))
        if command is None:
            return False
    known = {"--help", *(name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts))}
    given = {word.split("=")[0] for word in rest if word.startswith("--")}
    is_group = hasattr(command, "commands") and not command.invoke_without_command
    return (given <= known or command.context_settings.get("ignore_unknown_options")) and (not is_group or "--help" in given)
