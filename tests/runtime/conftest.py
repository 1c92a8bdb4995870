"""The fixtures of what is logged."""

from tests.support.logged import lines

__all__ = ["lines"]
