"""The fixtures of a real database and a real server with nothing in them yet."""

from tests.support.database import postgres_server
from tests.support.temporal import temporal_program, temporal_server

__all__ = ["postgres_server", "temporal_program", "temporal_server"]
