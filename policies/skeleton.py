"""A pack to begin with, and its first story (``ombud policy new``): it lints clean and can be rehearsed at once."""

from __future__ import annotations

import re
from pathlib import Path

_HERE = Path(__file__).with_name("new")
_HEAD = re.compile(r"\A(?:#[^\n]*\n)*kind: [^\n]*\ntitle: [^\n]*\n")
EDITORS = "# yaml-language-server: $schema=pack.schema.json\n"
"""Where editors find the form of the file; the schema lies beside it."""


def new_pack(kind: str, title: str, like: str | None = None) -> str:
    """The text of a pack of a new kind: the plain one, or that of another pack under the new name, comments and all.

    Raises ValueError where the other one does not begin with its kind and title.
    """
    head = f"kind: {kind}\ntitle: {_quoted(title)}\n"
    if like is None:
        plain = (_HERE / "pack.yaml").read_text(encoding="utf-8")
        return plain.replace("title: TITLE\n", f"title: {_quoted(title)}\n").replace("KIND", kind)
    if not _HEAD.match(like):
        raise ValueError("it does not begin with 'kind' and 'title'")
    about = f"# {title}: say here in one sentence who reports what, and who decides it.\n"
    return _HEAD.sub(lambda _: EDITORS + about + head, like)


def new_story(kind: str) -> str:
    """A first story of the plain pack."""
    return (_HERE / "story.yaml").read_text(encoding="utf-8").replace("KIND", kind)


def _quoted(title: str) -> str:
    """A title as YAML takes it, whatever stands in it."""
    from policies.yaml_text import written

    return written({"title": title}).removeprefix("title: ").rstrip("\n")
