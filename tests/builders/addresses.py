"""Every address of the application, and what an organisme holds behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from fastapi.routing import APIRoute
from sqlmodel import Session

from api.pages import ROUTERS
from grants.organisation.links import create_link
from tests.builders.offices import NOW, Holdings, Office


class Address(NamedTuple):
    """One way to ask for one address, its path as the application declares it."""

    method: str
    path: str

    def url(self, values: Mapping[str, str]) -> str:
        """The address with values in it, as they are."""
        return self.path.format_map(values)

    @property
    def names(self) -> tuple[str, ...]:
        """What stands in it."""
        return tuple(part.strip("{}") for part in self.path.split("/") if part.startswith("{"))


ADDRESSES = tuple(
    Address(method, route.path)
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute)
    for method in sorted(route.methods or ())
)
READ = tuple(each for each in ADDRESSES if each.method == "GET")
WRITTEN = tuple(each for each in ADDRESSES if each.method == "POST")


def values_of(session: Session, office: Office, holds: Holdings) -> dict[str, str]:
    """What may stand in an address, for what an organisme holds."""
    return {
        "action": "accueillir",
        "compte_id": str(holds.compte),
        "contact_id": str(holds.contact),
        "dossier_id": str(holds.dossier),
        "jeton": create_link(session, office.people["assistant"].id, NOW),
        "key": "microprojets",
        "organisme_id": str(office.id),
        "parameter": "plafond",
        "seance_id": str(holds.seance),
        "sheet": "projet",
        "structure_id": str(holds.structure),
        "modele": "structures",
        "reprise_id": str(holds.reprise),
    }
