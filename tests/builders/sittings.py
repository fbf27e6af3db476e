"""What the séance of an organisme of the tests holds: a comité, a member, a dossier, a réserve."""

from __future__ import annotations

from sqlalchemy import insert, select
from sqlmodel import Session

from api.composition import default_engine
from grants.comites.agenda import put_on_agenda
from grants.comites.membres import membres_of, name_membre
from grants.comites.tables import Decision, Reserve, Seance
from grants.finances.enveloppes import enveloppes_of, open_enveloppe
from grants.organisation.identity import Identity
from tests.builders.offices import NOW, Holdings, Office
from workflow.database import table_of

_S, _X, _R = table_of(Seance), table_of(Decision), table_of(Reserve)
MEMBER = {
    "nom": "Membre du comité",
    "college": "Associations",
    "voix": "deliberative",
    "debut": "2026-01-01",
    "rang_presidence": "1",
}


def seat_a_comite(session: Session, office: Office, holds: Holdings) -> dict[str, str]:
    """Put the dossier on the agenda, name who presides, open an enveloppe; what addresses need.

    Asked twice, it answers the same.
    """
    connection, by = session.connection(), office.identity()
    row = connection.execute(select(_S.c.comite_id).where(_S.c.id == holds.seance)).one()
    known = membres_of(connection, office.id, row.comite_id)
    if known:
        return _held(session, office, row.comite_id, known[0].id)
    form = {**MEMBER, "email": f"membre{office.id}@comite.example"}
    membre = name_membre(session, by, row.comite_id, form, NOW)
    put_on_agenda(connection, by, holds.seance, holds.dossier, NOW)
    enveloppe = {
        "dispositif": "microprojets",
        "annee": "2026",
        "financeur": f"Région de {office.nom}",
        "montant": "150 000",
    }
    open_enveloppe(session, default_engine(), by, enveloppe, NOW)
    _condition(session, by, holds)
    return _held(session, office, row.comite_id, membre)


def _held(session: Session, office: Office, comite: int, membre: int) -> dict[str, str]:
    connection = session.connection()
    ids = {
        "comite_id": comite,
        "membre_id": membre,
        "enveloppe_id": enveloppes_of(connection, office.id)[0]["id"],
        "reserve_id": connection.execute(
            select(_R.c.id).where(_R.c.organisme_id == office.id)
        ).scalar_one(),
    }
    return {**{name: str(id) for name, id in ids.items()}, "geste": "convoquer"}


def _condition(session: Session, by: Identity, holds: Holdings) -> None:
    """A réserve of a decision, as if the comité had taken it."""
    connection = session.connection()
    place = {
        "organisme_id": by.organisme_id,
        "seance_id": holds.seance,
        "dossier_id": holds.dossier,
    }
    said = {"proposee": "refuse", "retenue": "refuse", "motif": "", "confirmee_par": by.nom}
    decided = insert(_X).values(**place, **said, confirmee_le=NOW).returning(_X.c.id)
    decision = connection.execute(decided).scalar_one()
    kept = {"organisme_id": by.organisme_id, "decision_id": decision, "rang": 1, "levee_motif": ""}
    connection.execute(insert(_R).values(**kept, texte="Un bail signé"))
