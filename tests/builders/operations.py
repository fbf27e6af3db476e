"""What may stand in the addresses of the API, for what an organisme of the tests holds."""

from __future__ import annotations

from io import BytesIO

from sqlmodel import Session

from api.settings import Settings
from grants.dossiers.pieces.storage import Storage
from grants.structures.service import create_structure
from tests.builders.addresses import values_of
from tests.builders.documents import pdf
from tests.builders.offices import NOW, Holdings, Office, furnish
from tests.builders.papers import handed


def put_on_disk(settings: Settings) -> None:
    """The file that every organisme of these tests has handed in."""
    Storage(settings.files_folder).put(handed("devis").stored, BytesIO(pdf()))


def furnished(session: Session, office: Office) -> dict[str, str]:
    """Give an organisme one thing of each kind: what may stand in an address."""
    return operation_values(session, office, furnish(session, office))


def operation_values(session: Session, office: Office, holds: Holdings) -> dict[str, str]:
    """The value of each part of an address, for what an organisme holds."""
    other = create_structure(session, office.identity(), {"nom": "Une voisine"}, NOW)
    more = {"sheet": "accueil", "personne_id": str(holds.personne), "autre_id": str(other)}
    return {**values_of(session, office, holds), **more}
