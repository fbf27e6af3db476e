"""The same filled database for every peer: dossiers that a comité has just heard."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, insert

from benchmarks.orders import COMPTE, COMPTE_NOM, FROM, GRANTED, NOW, ORGANISME, PIPELINE, ROLE
from grants.comites.closing import dump_count
from grants.comites.comptage import RETENU, Comptage
from grants.comites.tables import Comite, Decision, Passage, Seance
from grants.dossiers.tables import Dossier
from grants.organisation.tables import Adhesion, Compte, Organisme, Personne
from grants.structures.tables import Structure
from workflow import journal
from workflow.columns import GENESIS
from workflow.database import Database
from workflow.echeance_table import Echeance
from workflow.subject import Actor

SEANCE, COMITE = 1, 1
STRUCTURES = 50
STAGES = ("contact", "accueil", "accompagnement", FROM)
_STEPS = ((None, STAGES[0]), *pairwise(STAGES))
_ANSWERS = {
    "compte_rendu": "Atelier vélo solidaire : deux bénévoles, un local prêté par la commune.",
    "statut_ess": True,
    "territoire_eligible": True,
    "lien_emploi": True,
    "effectif_etp": 250,
    "sans_autre_aide_ue": True,
}


@dataclass(slots=True)
class _Chain:
    seq: int = 0
    head: str = GENESIS


def seed(database: Database, dossiers: int) -> list[int]:
    """Fill an empty schema; the ids of the dossiers that stand before their decision."""
    with database.unit_of_work() as session:
        connection = session.connection()
        _seed_organisme(connection)
        ids = list(range(1, dossiers + 1))
        chains = {id: _write_past(connection, id) for id in ids}
        connection.execute(insert(Dossier), [_dossier(id, chains[id]) for id in ids])
        connection.execute(insert(Passage), [_heard(id) for id in ids])
        connection.execute(insert(Decision), [_decided(id) for id in ids])
        connection.execute(insert(Echeance), [_open_echeance(id) for id in ids])
    tidy(database)
    return ids


def tidy(database: Database) -> None:
    """Start from an empty log, and from PostgreSQL's statistics as its daemon keeps them.

    No ANALYZE on SQLite: the application does none, and a build with STAT4 would then plan a
    statement anew at each value.
    """
    with database.engine.connect() as connection:
        raw = connection.connection.cursor()
        if database.is_sqlite:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            connection.connection.driver_connection.autocommit = True  # ty: ignore[invalid-assignment]
            raw.execute("VACUUM ANALYZE")
            raw.execute("CHECKPOINT")
            connection.connection.driver_connection.autocommit = False  # ty: ignore[invalid-assignment]
        raw.close()


def _seed_organisme(connection: Connection) -> None:
    connection.execute(
        insert(Organisme).values(id=ORGANISME, nom="Association de mesure", cree_le=NOW)
    )
    connection.execute(
        insert(Compte).values(id=COMPTE, email="camille@example.org", nom=COMPTE_NOM, cree_le=NOW)
    )
    connection.execute(insert(Adhesion).values(organisme_id=ORGANISME, compte_id=COMPTE, role=ROLE))
    comite = {"id": COMITE, "organisme_id": ORGANISME, "nom": "CTS", "nature": "decision"}
    connection.execute(insert(Comite).values(**comite, seq=0, head=GENESIS))
    connection.execute(
        insert(Seance).values(
            id=SEANCE,
            organisme_id=ORGANISME,
            comite_id=COMITE,
            pipeline="seance",
            pipeline_version=1,
            stage="close",
            stage_since=NOW,
            trail="1:close",
            tenue_le=NOW - timedelta(hours=2),
            cloture_inscriptions=date(2026, 9, 20),
        )
    )
    numbers = range(1, STRUCTURES + 1)
    connection.execute(insert(Structure), [_structure(number) for number in numbers])
    connection.execute(insert(Personne), [_personne(number) for number in numbers])


def _heard(dossier: int) -> dict[str, Any]:
    """Twelve members have voted, all for."""
    counted = Comptage(12, 12, 0, True, 12, 0, 0, 0, RETENU, montant=GRANTED)
    place = {"organisme_id": ORGANISME, "seance_id": SEANCE, "dossier_id": dossier}
    told = {"rang": dossier, "etat": "clos", "resultat": dump_count(counted)}
    return {"id": dossier, **place, **told}


def _decided(dossier: int) -> dict[str, Any]:
    return {
        "id": dossier,
        "organisme_id": ORGANISME,
        "seance_id": SEANCE,
        "dossier_id": dossier,
        "proposee": RETENU,
        "retenue": RETENU,
        "montant_propose": GRANTED,
        "montant": GRANTED,
        "confirmee_par": COMPTE_NOM,
        "confirmee_le": NOW,
    }


def _structure(number: int) -> dict[str, Any]:
    name = f"Association n° {number}"
    return {"id": number, "organisme_id": ORGANISME, "nom": name, "nom_cle": name.lower()}


def _personne(number: int) -> dict[str, Any]:
    name = f"Porteur n° {number}"
    return {
        "id": number,
        "organisme_id": ORGANISME,
        "nom": name,
        "nom_cle": name.lower(),
        "email": f"porteur{number}@example.org",
    }


def _write_past(connection: Connection, id: int) -> _Chain:
    chain = _Chain()
    actor = Actor(COMPTE, COMPTE_NOM, frozenset({ROLE}), ROLE)
    for seq, (origin, stage) in enumerate(_STEPS, start=1):
        entry = journal.Entry(
            kind="ouverture" if origin is None else "mouvement",
            event="ouverture" if origin is None else f"vers_{stage}",
            actor=actor,
            at=NOW - timedelta(days=90 - 20 * seq),
            pipeline=PIPELINE,
            pipeline_version=1,
            from_stage=origin,
            to_stage=stage,
            first_entry=True,
        )
        journal.append(connection, chain, tenant_id=ORGANISME, kind="dossier", id=id, entry=entry)
    return chain


def _dossier(id: int, chain: _Chain) -> dict[str, Any]:
    return {
        "id": id,
        "organisme_id": ORGANISME,
        "reference": f"MP-2026-{id:06d}",
        "ouvert_le": date(2026, 7, 1),
        "porteur_id": 1 + id % STRUCTURES,
        "structure_id": 1 + id % STRUCTURES,
        "referent_id": COMPTE,
        "seance_id": SEANCE,
        "titre": "Atelier de réparation de vélos",
        "titre_cle": "atelier de reparation de velos",
        "objet": "Un atelier où l'on apprend à réparer son vélo, deux emplois à la clé.",
        "commune": "Aubervilliers",
        "departement": "93",
        "public_vise": "Habitants du quartier, demandeurs d'emploi",
        "secteur": "insertion_emploi",
        "emplois_crees": 2,
        "date_debut": date(2026, 11, 1),
        "date_fin": date(2027, 10, 31),
        "cout_total": 3_100_000,
        "montant_demande": 1_800_000,
        "plafond": 2_300_000,
        "donnees": json.dumps(_ANSWERS, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        "pipeline": PIPELINE,
        "pipeline_version": 1,
        "stage": FROM,
        "stage_since": NOW - timedelta(days=10),
        "trail": ">".join(f"{seq}:{stage}" for seq, stage in enumerate(STAGES, start=1)),
        "seq": chain.seq,
        "head": chain.head,
        "lock_version": 1,
    }


def _open_echeance(id: int) -> dict[str, Any]:
    return {
        "tenant_id": ORGANISME,
        "subject_kind": "dossier",
        "subject_id": id,
        "kind": "relance",
        "rule": "porteur_invite",
        "occurrence": 1,
        "due_at": NOW - timedelta(days=8),
        "anchored_on": NOW.date(),
        "state": "prevue",
        "moved_by_hand": False,
        "planned_seq": len(STAGES),
    }
