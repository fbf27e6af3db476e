"""Where a prestataire, a consultation whose offers were opened and its mission are looked at."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, func, select

from grants.dla.consultation.tables import Consultation, Consulte, Offre
from grants.dla.missions.tables import Mission
from grants.dla.tables import Prestataire
from grants.dossiers.tables import Dossier
from workflow.database import table_of

_D = table_of(Dossier)
_N, _NA, _OF = table_of(Consultation), table_of(Consulte), table_of(Offre)
_MI = table_of(Mission)
#: What an address of the DLA holds.
OF_THE_DLA = ("{prestataire_id}", "{consultation_id}", "{mission_id}", "/prestataires/dossiers/")


def of_the_dla(connection: Connection, route: str) -> Iterator[str]:
    """The addresses of prestataires, of a consultation and of a mission."""
    asks = select(func.max(_D.c.id)).where(_D.c.pipeline == "dla_individuel")
    first = select(func.min(table_of(Prestataire).c.id))
    for ids in _consultations(connection):
        yield route.format(
            **ids,
            prestataire_id=connection.execute(first).scalar_one(),
            dossier_id=connection.execute(asks).scalar_one(),
        )


def _consultations(connection: Connection) -> list[dict[str, int]]:
    """What stands in the addresses of a consultation whose offers were opened, and its mission."""
    query = (
        select(_N.c.id.label("consultation_id"), _OF.c.id.label("offre_id"))
        .join(_NA, _NA.c.consultation_id == _N.c.id)
        .join(_OF, _OF.c.consulte_id == _NA.c.id)
        .where(_N.c.ouverte_le.is_not(None))
        .limit(1)
    )
    mission = connection.execute(select(func.min(_MI.c.id))).scalar_one()
    return [{**row, "mission_id": mission} for row in connection.execute(query).mappings()]
