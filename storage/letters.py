"""Moved to :mod:`domain.letters`; kept for importers of the old name until they have followed."""

from domain.letters import read_letter

__all__ = ["read_letter"]
