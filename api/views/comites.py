"""The comités of an organisme, their members, and what there is to grant."""

from __future__ import annotations

from dataclasses import dataclass

from api.views.chrome import Link
from api.views.listing import EmptyState
from api.views.sheets import Entry
from api.views.sitting import Mark
from api.views.sitting_decisions import EnvelopeView
from api.views.timeline import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class ComiteLine:
    """One comité on the list."""

    nom: str
    url: str
    nature: str
    members: int
    voices: int
    scrutin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComitesPage:
    """The comités of the organisme."""

    lines: tuple[ComiteLine, ...]
    back: Link
    new_url: str | None = None
    empty: EmptyState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLine:
    """One member of a comité, in the order of presidence then by name."""

    nom: str
    email: str
    structure: str
    college: str
    voice: Mark
    term: str
    deputy_of: str = ""
    presidency: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComitePage:
    """A comité: who sits, who sat, its rules, its story."""

    title: str
    nature: str
    back: Link
    members: tuple[MemberLine, ...]
    gone: tuple[MemberLine, ...]
    rules: tuple[Entry, ...]
    colleges: tuple[tuple[str, int], ...]
    timeline: Timeline
    edit_url: str | None = None
    new_member_url: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FunderLine:
    """What one funder gives for a dispositif and a year."""

    financeur: str
    montant: int
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeGroup:
    """The enveloppe of a dispositif for a year, with who gives it."""

    envelope: EnvelopeView
    funders: tuple[FunderLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopesPage:
    """What there is to grant, latest year first."""

    groups: tuple[EnvelopeGroup, ...]
    back: Link
    new_url: str | None = None
    empty: EmptyState | None = None
