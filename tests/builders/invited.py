"""Somebody who came by a personal link: a member of the comité, seated at its séance."""

from __future__ import annotations

from fastapi import FastAPI

from grants.comites.membres import name_membre, read_membre
from grants.comites.reading import read_sitting
from grants.organisation.acces import Destination, keep_link
from tests.builders.offices import NOW, Holdings, Office
from tests.builders.visitors import Visitor
from workflow.database import Database

_MANDATE = {"college": "Associations", "voix": "deliberative", "debut": "2020-01-01"}


def invited(app: FastAPI, database: Database, office: Office, holds: Holdings) -> Visitor:
    """A browser that a member's link opened."""
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
    visitor = Visitor(app)
    assert visitor.post(f"/acces/{secret}").status_code == 303
    return visitor
