"""The page that a personal link opens, before whoever holds it comes in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: `valable`: one click more; `perime`: a new one can be sent; `envoye`: it was; `termine`: what it
#: led to is over; `inconnu`: no link of ours, or none at all.
LinkState = Literal["valable", "perime", "envoye", "termine", "inconnu"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccesPage:
    """A link, what it leads to and whom it is for. `address`: the e-mail, mostly hidden."""

    state: LinkState
    organisme: str = ""
    nom: str = ""
    title: str = ""
    lead: str = ""
    button: str = ""
    url: str = ""
    renew_url: str = ""
    address: str = ""
    why: str = ""
