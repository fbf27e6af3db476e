"""Programs: the tokens by which they act for somebody, the addresses told of moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from api.views.chrome import Link
from api.views.forms import FormView
from api.views.listing import Tab


@dataclass(frozen=True, slots=True, kw_only=True)
class JetonView:
    """One token. `id` while it still lets somebody in, and can be ended."""

    nom: str
    portee: str
    fin: str
    cree_le: datetime
    expire_le: datetime
    vu_le: datetime | None
    revoque_le: datetime | None
    state: str
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JetonsPage:
    """One's own tokens in this organisme. `secret`: the one just made, shown this once."""

    form: FormView
    jetons: tuple[JetonView, ...]
    description: Link
    revoke_url: str
    secret: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdresseView:
    """One address that is told of moves."""

    url: str
    since: datetime
    remove_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvoiView:
    """One thing told, or to tell. `again_url` puts it back in the queue."""

    url: str
    event_id: str
    at: datetime
    state: str
    tone: str
    detail: str
    again_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnoncesPage:
    """The addresses, what they were told, and the form for one more."""

    tabs: tuple[Tab, ...]
    form: FormView | None
    adresses: tuple[AdresseView, ...]
    envois: tuple[EnvoiView, ...]
    secret: str = ""
    older_url: str | None = None
