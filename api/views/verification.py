"""Whether a file is the minutes that were validated."""

from __future__ import annotations

from dataclasses import dataclass

from api.views.chrome import Link


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictView:
    """What was found. `checks`: what was compared, each with whether it is the same."""

    genuine: bool
    sentence: str
    file: str
    checks: tuple[tuple[str, bool], ...] = ()
    seance: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationPage:
    """The form to send a file, and what was found of the one that was sent."""

    back: Link
    url: str
    most: int
    verdict: VerdictView | None = None
    fault: str = ""
