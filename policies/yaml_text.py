"""YAML as it is read everywhere here: scanned by libyaml where PyYAML has it, which takes a fifth of the time.

Values are made in Python either way, so that a text that is nested too deeply ends in a RecursionError and not in a crash.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING or not yaml.__with_libyaml__:
    _Loader = yaml.SafeLoader
else:

    class _Loader(yaml.composer.Composer, yaml.cyaml.CParser, yaml.constructor.SafeConstructor, yaml.resolver.Resolver):
        """PyYAML's ``CSafeLoader``, but for the composer, which is that of Python and minds the depth."""

        def __init__(self, stream: str) -> None:
            yaml.cyaml.CParser.__init__(self, stream)
            yaml.composer.Composer.__init__(self)
            yaml.constructor.SafeConstructor.__init__(self)
            yaml.resolver.Resolver.__init__(self)


def read(text: str) -> Any:
    """What the text says. Raises ``yaml.YAMLError``, ``ValueError`` (a date that does not exist) and ``RecursionError``."""
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - it is a safe loader: it builds nothing but plain values


def written(value: Any) -> str:
    """A value as YAML that reads the same again, its keys in their order."""
    return str(yaml.safe_dump(value, sort_keys=False, allow_unicode=True))


def nodes(text: str) -> yaml.Node | None:
    """The same as nodes that know their lines; None for an empty text. Raises ``yaml.YAMLError`` and ``RecursionError``."""
    found: yaml.Node | None = yaml.compose(text, Loader=_Loader)
    return found


def line_of(text: str, error: yaml.reader.ReaderError) -> int:
    """The line of a character that no YAML may have. libyaml counts its position in bytes, Python in characters."""
    before = text.encode()[: error.position] if yaml.__with_libyaml__ else text[: error.position].encode()
    return before.count(b"\n") + 1
