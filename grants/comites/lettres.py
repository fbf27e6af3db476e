"""What a letter to a member of a comité is written from: plain data, taken in the transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from grants.comites.acces import OBJET
from grants.comites.agenda import agenda_of
from grants.comites.facts import told_of_seance
from grants.comites.membres import MembreLine
from grants.organisation.tables import Compte, Organisme, Personne
from notifications.personal_links import mark_of
from workflow.database import table_of
from workflow.subject import Subject

_P, _O, _C = table_of(Personne), table_of(Organisme), table_of(Compte)
_TOLD_OF_ORGANISME = ("nom", "sigle", "adresse", "ville", "email", "telephone", "site")


def context_for(connection: Connection, subject: Subject, member: MembreLine) -> dict[str, Any]:
    """What any letter about a séance may say to one of its members."""
    query = select(*(_O.c[key] for key in _TOLD_OF_ORGANISME)).where(_O.c.id == subject.tenant_id)
    organisme = dict(connection.execute(query).mappings().one())
    civilite = select(_P.c.civilite).where(_P.c.id == member.personne_id)
    return {
        "organisme": organisme,
        "membre": {
            "nom": member.nom,
            "civilite": connection.execute(civilite).scalar_one(),
            "structure": member.structure or None,
        },
        "seance": {
            **told_of_seance(subject.row),
            "lien_visio": subject.row["lien_visio"],
            "nombre_de_dossiers": len(agenda_of(connection, subject.id)),
        },
        "referent": _organiser(connection, subject, organisme),
        "lien_personnel": mark_of(OBJET, subject.id),
    }


def _organiser(
    connection: Connection, subject: Subject, organisme: dict[str, Any]
) -> dict[str, Any]:
    """Who to answer: the colleague who prepares the séance, or the organisme."""
    query = select(_C.c.nom, _C.c.email).where(_C.c.id == subject.row["organisateur_id"])
    row = connection.execute(query).first()
    who = organisme if row is None else {"nom": row.nom, "email": row.email}
    return {
        "nom": who["nom"],
        "fonction": None,
        "email": who["email"],
        "telephone": organisme["telephone"],
    }
