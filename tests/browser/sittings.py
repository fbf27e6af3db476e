"""The pages of séances and comités in a filled organisme: one address of each, where it differs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import Connection, func, select
from sqlmodel import Session

from api.composition import default_engine
from grants.comites.tables import Membre, Passage, Seance
from grants.finances.enveloppes import enveloppes_of, open_enveloppe
from grants.finances.tables import Enveloppe
from grants.organisation.identity import Identity
from workflow.database import table_of

_S, _P, _M, _E = (table_of(each) for each in (Seance, Passage, Membre, Enveloppe))

#: The stages of the séances that are looked at.
_SEEN, _TO_COME = ("ouverte", "pv_valide"), ("convoquee",)


def give_an_enveloppe(session: Session, who: Identity) -> None:
    """Something to grant, where nobody gave anything yet."""
    if enveloppes_of(session.connection(), who.organisme_id):
        return
    now = datetime.now(UTC)
    said = {"dispositif": "microprojets", "annee": str(now.year), "financeur": "Région"}
    open_enveloppe(session, default_engine(), who, {**said, "montant": "150 000"}, now)


def of_the_seances(connection: Connection, route: str) -> Iterator[str]:
    """A séance under way and one that is over, where they differ; a dossier heard in both."""
    if "{dossier_id}" not in route:
        stages = _TO_COME if route.endswith("/modifier") else _SEEN
        latest = select(func.max(_S.c.id)).where(_S.c.stage.in_(stages)).group_by(_S.c.stage)
        for id in connection.execute(latest).scalars():
            yield route.format(seance_id=id)
        return
    states = ("attendu",) if route.endswith("/note") else ("ouvert", "clos")
    heard = select(func.max(_P.c.id)).where(_P.c.etat.in_(states)).group_by(_P.c.etat)
    rows = select(_P.c.seance_id, _P.c.dossier_id).where(_P.c.id.in_(heard))
    for row in connection.execute(rows):
        yield route.format(seance_id=row.seance_id, dossier_id=row.dossier_id)


def of_the_comites(connection: Connection) -> dict[str, int]:
    """A comité, one of its members, an enveloppe."""
    member = connection.execute(select(_M.c.comite_id, _M.c.id).order_by(_M.c.id)).first()
    assert member is not None, "the demonstration has comités"
    return {
        "comite_id": member.comite_id,
        "membre_id": member.id,
        "enveloppe_id": connection.execute(select(func.min(_E.c.id))).scalar_one(),
    }
