"""A consultation whose offers are open and a mission under way: their ids, for the addresses."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlalchemy import insert, select
from sqlmodel import Session

from grants.dla.consultation.criteres import kept
from grants.dla.consultation.reading import BEGUN, CONSULTATIONS, latest_of
from grants.dla.consultation.sealed import digest_of, new_salt
from grants.dla.consultation.tables import Consulte, Offre
from grants.dla.missions.queries import mission_of_dossier, read_mission
from grants.dla.missions.service import ENTRUSTED, MISSIONS, keep_invoice, note_day
from grants.dla.missions.tables import Facture, Journee
from grants.dla.tables import Prestataire
from grants.organisation.identity import Identity
from grants.organisation.ledger import Fact
from tests.builders.documents import pdf
from tests.builders.offices import NOW
from tests.builders.prestataires import a_prestataire
from workflow.database import table_of

_T, _A, _F = table_of(Prestataire), table_of(Consulte), table_of(Offre)
_J, _I = table_of(Journee), table_of(Facture)
CV = pdf()
_SAID = {
    "jours": 500,
    "cout_ht": 300_000,
    "cout_ttc": 360_000,
    "methode": "Trois ateliers.",
    "experience": "",
    "calendrier": "",
    "cv_nom": "cv.pdf",
    "cv_type": "pdf",
    "cv_sha256": hashlib.sha256(CV).hexdigest(),
}


def a_consultation(session: Session, by: Identity, dossier_id: int) -> dict[str, str]:
    """The ids that stand in the addresses of a consultation and of a mission of a dossier.

    Asked twice, it answers the same.
    """
    connection, prestataire = session.connection(), a_prestataire(session, by)
    if known := _known(session, by, dossier_id):
        return known
    query = select(_T.c.personne_id).where(_T.c.id == prestataire)
    personne = connection.execute(query).scalar_one()
    id = CONSULTATIONS.create(
        connection,
        by,
        {
            "dossier_id": dossier_id,
            "cahier": "Ce qui est demandé.",
            "criteres": kept({"prix": 40, "methode": 30, "experience": 20, "disponibilite": 10}),
            "echeance": NOW - timedelta(days=1),
            "envoyee_le": NOW - timedelta(days=9),
            "ouverte_le": NOW,
            "motif": "",
        },
        Fact(BEGUN, NOW),
    )
    owner = {"organisme_id": by.organisme_id}
    asked = {"consultation_id": id, "prestataire_id": prestataire, "personne_id": personne}
    query = insert(_A).values(**owner, **asked, decline_motif="").returning(_A.c.id)
    consulte = connection.execute(query).scalar_one()
    salt = new_salt()
    sealed = {"sel": salt, "empreinte": digest_of(_SAID, salt), "recue_le": NOW}
    offre = {**owner, "consulte_id": consulte, **_SAID, **sealed, "notes": "{}", "retenue": False}
    offre["cv"] = CV
    offer = connection.execute(insert(_F).values(offre).returning(_F.c.id)).scalar_one()
    mission = _mission(session, by, dossier_id, offer, prestataire)
    return {
        "consultation_id": str(id),
        "consulte_id": str(consulte),
        "offre_id": str(offer),
        **{name: str(found) for name, found in mission.items()},
    }


def _known(session: Session, by: Identity, dossier_id: int) -> dict[str, str]:
    connection = session.connection()
    found = latest_of(connection, by.organisme_id, dossier_id)
    mission = mission_of_dossier(connection, by.organisme_id, dossier_id)
    if found is None or mission is None:
        return {}
    asked, sight = found.asked[0], read_mission(connection, by.organisme_id, mission["id"])
    ids = {
        "consultation_id": found.id,
        "consulte_id": asked.id,
        "offre_id": asked.offre_id,
        "mission_id": mission["id"],
        "journee_id": sight.journees[0]["id"],
        "facture_id": sight.factures[0]["id"],
    }
    return {name: str(id) for name, id in ids.items()}


def _mission(
    session: Session, by: Identity, dossier_id: int, offer: int, prestataire: int
) -> dict[str, int]:
    connection, today = session.connection(), NOW.date()
    values = {
        "dossier_id": dossier_id,
        "offre_id": offer,
        "prestataire_id": prestataire,
        "numero": 1,
        "confiee_le": today,
        **{key: _SAID[key] for key in ("jours", "cout_ht", "cout_ttc")},
        "appreciation": "",
    }
    id = MISSIONS.create(connection, by, values, Fact(ENTRUSTED, NOW))
    day = {"le": today.isoformat(), "jours": "1", "objet": "Premier atelier"}
    note_day(session, by, id, day, NOW)
    bill = {"numero": "F1", "le": today.isoformat(), "montant": "1 200"}
    keep_invoice(session, by, id, bill, NOW)
    ids = {"journee_id": select(_J.c.id).where(_J.c.mission_id == id)}
    ids["facture_id"] = select(_I.c.id).where(_I.c.mission_id == id)
    found = {name: connection.execute(each).scalar_one() for name, each in ids.items()}
    return {"mission_id": id, **found}
