"""What the séance of an organisme of the tests holds: a comité, a member, a dossier, a réserve."""

from __future__ import annotations

from sqlalchemy import insert, select
from sqlmodel import Session

from api.composition import default_engine
from grants.comites.agenda import put_on_agenda
from grants.comites.membres import name_membre
from grants.comites.tables import Decision, Reserve, Seance
from grants.finances.enveloppes import open_enveloppe
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
    """Put the dossier on the agenda, name who presides, open an enveloppe; what addresses need."""
    connection, by = session.connection(), office.identity()
    row = connection.execute(select(_S.c.comite_id).where(_S.c.id == holds.seance)).one()
    form = {**MEMBER, "email": f"membre{office.id}@comite.example"}
    membre = name_membre(session, by, row.comite_id, form, NOW)
    put_on_agenda(connection, by, holds.seance, holds.dossier, NOW)
    enveloppe = {
        "dispositif": "microprojets",
        "annee": "2026",
        "financeur": f"Région de {office.nom}",
        "montant": "150 000",
    }
    ids = {
        "comite_id": row.comite_id,
        "membre_id": membre,
        "enveloppe_id": open_enveloppe(session, default_engine(), by, enveloppe, NOW),
        "reserve_id": _condition(session, by, holds),
    }
    return {**{name: str(id) for name, id in ids.items()}, "geste": "convoquer"}


def _condition(session: Session, by: Identity, holds: Holdings) -> int:
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
    added = insert(_R).values(**kept, texte="Un bail signé").returning(_R.c.id)
    return connection.execute(added).scalar_one()
