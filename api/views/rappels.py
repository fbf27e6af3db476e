"""The page by which somebody asks for no more reminders."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StopPage:
    """Whose reminders, to which address; `stopped`: they are already."""

    url: str
    organisme: str
    address: str
    telephone: str
    email: str
    stopped: bool
