"""Somebody who came by personal links: a member of the comité, and a prestataire."""

from __future__ import annotations

from fastapi import FastAPI
from sqlalchemy import select
from sqlmodel import Session

from grants.comites.membres import name_membre, read_membre
from grants.comites.reading import read_sitting
from grants.dla.consultation.tables import Consulte
from grants.organisation.acces import Destination, keep_link
from tests.builders.offices import NOW, Holdings, Office
from tests.builders.opened_consultation import a_consultation
from tests.builders.visitors import Visitor
from workflow.database import Database, table_of

_A = table_of(Consulte)

_MANDATE = {"college": "Associations", "voix": "deliberative", "debut": "2020-01-01"}


def invited(app: FastAPI, database: Database, office: Office, holds: Holdings) -> Visitor:
    """A browser that the links of a member and of a prestataire opened."""
    who = {"nom": "Lou Delmas", "email": f"lou{office.id}@comite.example"}
    secret = f"lien-de-membre-de-{office.id}"
    with database.unit_of_work() as session:
        connection = session.connection()
        seance = read_sitting(connection, office.id, holds.seance, lock=False)
        comite = seance.row["comite_id"]
        id = name_membre(session, office.identity(), comite, {**_MANDATE, **who}, NOW)
        member = read_membre(connection, office.id, id)
        to = Destination(office.id, member.personne_id, "seance", holds.seance)
        keep_link(session, secret, to, NOW)
        asked = f"lien-de-prestataire-de-{office.id}"
        keep_link(session, asked, _consulted(session, office, holds), NOW)
    visitor = Visitor(app)
    for link in (secret, asked):
        assert visitor.post(f"/acces/{link}").status_code == 303
    return visitor


def _consulted(session: Session, office: Office, holds: Holdings) -> Destination:
    """The prestataire who is asked in the consultation of the organisme."""
    ids = a_consultation(session, office.identity(), holds.dossier)
    query = select(_A.c.personne_id).where(_A.c.id == int(ids["consulte_id"]))
    personne = session.connection().execute(query).scalar_one()
    return Destination(office.id, personne, "consultation", int(ids["consultation_id"]))
