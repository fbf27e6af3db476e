"""What surrounds every page: who is signed in, where, and the ways to go elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

Theme = Literal["auto", "clair", "sombre"]
Tone = Literal["info", "succes", "attention", "erreur"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A named address."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flash:
    """A message shown once, at the top of the next page; `remedy` says what to do about it.

    `undo` is the sealed word that takes back what was done (see `api/undo.py`).
    """

    text: str
    tone: Tone = "succes"
    remedy: str = ""
    link: Link | None = None
    undo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    """One entry of the main navigation. `icon` is a name known to `components/icons.html`."""

    key: str
    label: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Utilisateur:
    """The person signed in. `read_only` is the lecteur: reads everything, changes nothing."""

    nom: str
    email: str
    role: str
    read_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganismeChrome:
    """The organisme whose dossiers are shown. `others` are the ones this person may switch to."""

    nom: str
    logo_url: str | None = None
    demonstration: bool = False
    others: tuple[Link, ...] = ()


_WHENEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chrome:
    """The frame of a page. Without `utilisateur` it is a public page: no navigation, no menu.

    `present` is the key of the navigation entry that the page belongs to. `now` is the moment
    of the request: relative dates are counted from it.
    """

    csrf_token: str
    now: datetime
    present: str = ""
    theme: Theme = "auto"
    flashes: tuple[Flash, ...] = ()
    utilisateur: Utilisateur | None = None
    organisme: OrganismeChrome | None = None
    nav: tuple[NavItem, ...] = ()
    home_url: str = "/"
    search_url: str = "/recherche"
    new_url: str | None = None
    sign_out_url: str = "/deconnexion"
    sign_out_everywhere_url: str = "/deconnexion/partout"

    @property
    def around(self) -> Chrome:
        """What surrounds one page after another: neither the moment nor the messages."""
        return replace(self, now=_WHENEVER, flashes=())


def main_navigation(*, settings: bool) -> tuple[NavItem, ...]:
    """The entries offered to a person; `settings`: whether she may read them."""
    entries = (
        NavItem(key="aujourdhui", label="Aujourd’hui", url="/aujourdhui", icon="clair"),
        NavItem(key="tableau", label="Tableau", url="/tableau", icon="tableau"),
        NavItem(key="liste", label="Liste", url="/liste", icon="liste"),
        NavItem(key="structures", label="Structures", url="/structures", icon="structures"),
        NavItem(key="interventions", label="Interventions", url="/interventions", icon="horloge"),
        NavItem(key="seances", label="Séances", url="/seances", icon="seances"),
        NavItem(key="courriers", label="Courriers", url="/courriers", icon="courrier"),
        NavItem(key="pilotage", label="Pilotage", url="/pilotage", icon="pilotage"),
    )
    if not settings:
        return entries
    last = NavItem(key="parametres", label="Paramètres", url="/parametres", icon="parametres")
    return (*entries, last)
