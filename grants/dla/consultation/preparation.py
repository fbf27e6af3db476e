"""Before it leaves: what is asked, by when, how offers will be compared, whom is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert
from sqlmodel import Session

from grants.dla.annuaire import PrestataireFilters, PrestataireLine, prestataires_of
from grants.dla.consultation.cahier import written_cahier
from grants.dla.consultation.criteres import WEIGHT_FIELDS, default_weights, kept, weights_typed
from grants.dla.consultation.errors import AlreadyConsulting, AlreadySent, NoConsultationHere
from grants.dla.consultation.reading import (
    ASKED,
    BEGUN,
    CHANGED,
    CONSULTATIONS,
    asked_of,
    latest_of,
    state_of,
)
from grants.dla.consultation.tables import Consulte
from grants.dla.consultation.vocabulary import retaining
from grants.dossiers.reading import parameters_of, read_subject
from grants.organisation.identity import Identity
from grants.organisation.ledger import Fact
from workflow.database import table_of
from workflow.dates import to_paris
from workflow.engine import Engine
from workflow.errors import Invalid
from workflow.fields import FIELD_TYPES, Raw, parse_fields
from workflow.pipeline import Field

_A = table_of(Consulte)
LONGEST_CAHIER = 20_000
FIELDS = (
    Field(
        key="cahier",
        label="Cahier des charges",
        type="texte_long",
        required=True,
        longest=LONGEST_CAHIER,
        help="Ce que chaque prestataire lira. « ## » commence un titre, « - » une liste.",
    ),
    Field(
        key="echeance",
        label="Offres attendues jusqu’au",
        type="date_heure",
        required=True,
        help="Après cette heure, aucune offre n’est enregistrée.",
    ),
    *WEIGHT_FIELDS,
)
#: A dossier's consultation is prepared anew once the last one came to an end.
_OVER = ("choisie", "abandonnee")


def begin_consultation(
    session: Session,
    engine: Engine,
    identity: Identity,
    dossier_id: int,
    now: datetime,
    key: str | None = None,
) -> int:
    """Prepare a consultation, its cahier des charges written from the dossier; its id.

    Never commits. Raises NotFound, NoConsultationHere, AlreadyConsulting, ReadOnly.
    """
    identity.require_writer()
    connection, organisme_id = session.connection(), identity.organisme_id
    done = CONSULTATIONS.created_by(connection, organisme_id, BEGUN, key)
    if done is not None:
        return done
    subject = read_subject(connection, engine, organisme_id, dossier_id, lock=True)
    if retaining(engine, subject) is None:
        raise NoConsultationHere
    before = latest_of(connection, organisme_id, dossier_id)
    if before is not None and before.state not in _OVER:
        raise AlreadyConsulting
    weights = default_weights(parameters_of(engine, subject))
    values = {
        "dossier_id": dossier_id,
        "cahier": written_cahier(engine, subject),
        "criteres": kept(weights),
        "echeance": None,
        "motif": "",
    }
    return CONSULTATIONS.create(connection, identity, values, Fact(BEGUN, now, key=key))


def change_consultation(
    session: Session,
    identity: Identity,
    id: int,
    raw: Mapping[str, Raw],
    now: datetime,
    version: int | None = None,
) -> bool:
    """Change what is asked, the deadline and the weights. True if anything changed.

    Never commits. Raises Invalid with every fault, AlreadySent, NotFound, Stale, ReadOnly.
    """
    identity.require_writer()
    connection = session.connection()
    row = CONSULTATIONS.lock(connection, identity.organisme_id, id, version)
    require_preparation(row)
    values = _read(raw, now)
    return bool(CONSULTATIONS.change(connection, identity, row, values, Fact(CHANGED, now)))


def ask_prestataires(
    session: Session,
    identity: Identity,
    id: int,
    chosen: Iterable[int],
    now: datetime,
    version: int | None = None,
) -> None:
    """Say whom is to be asked: these prestataires and no others.

    Never commits. Raises Invalid (unknown, set aside, sitting in a comité), AlreadySent, NotFound,
    Stale, ReadOnly.
    """
    identity.require_writer()
    connection, organisme_id = session.connection(), identity.organisme_id
    row = CONSULTATIONS.lock(connection, organisme_id, id, version)
    require_preparation(row)
    lines = askable(connection, organisme_id, chosen, now)
    if {line.id for line in lines} == {each.prestataire_id for each in asked_of(connection, id)}:
        return
    connection.execute(delete(_A).where(_A.c.consultation_id == id))
    if lines:
        connection.execute(insert(_A), [asked_row(organisme_id, id, line) for line in lines])
    said = {"prestataires": ", ".join(line.nom for line in lines) or "aucun"}
    CONSULTATIONS.note(connection, identity, row, Fact(ASKED, now, {"champs": said}))


def askable(
    connection: Connection, organisme_id: int, chosen: Iterable[int], now: datetime
) -> list[PrestataireLine]:
    """The prestataires chosen, by name. Raises Invalid with what speaks against one of them."""
    every = prestataires_of(connection, organisme_id, PrestataireFilters(), to_paris(now).date())
    known = {line.id: line for line in every}
    found: list[PrestataireLine] = []
    for id in dict.fromkeys(chosen):
        line = known.get(id)
        if line is None:
            raise Invalid({"prestataires": "Ce prestataire n’est pas dans votre annuaire."})
        if fault := against(line):
            raise Invalid({"prestataires": fault})
        found.append(line)
    return sorted(found, key=lambda line: (line.nom_cle, line.id))


def against(line: PrestataireLine) -> str:
    """What speaks against asking a prestataire; nothing where he may be asked."""
    if not line.actif:
        return f"{line.nom} est mis de côté dans l’annuaire : remettez-le « à consulter » d’abord."
    if line.comites:
        where = " et ".join(f"« {nom} »" for nom in line.comites)
        return (
            f"{line.contact} ({line.nom}) siège au comité {where} : choisissez quelqu’un d’autre."
        )
    if not line.email:
        return f"{line.nom} n’a pas d’adresse e-mail : complétez sa fiche."
    return ""


def asked_row(organisme_id: int, id: int, line: PrestataireLine) -> dict[str, Any]:
    """The row of a prestataire who is asked."""
    return {
        "organisme_id": organisme_id,
        "consultation_id": id,
        "prestataire_id": line.id,
        "personne_id": line.personne_id,
        "decline_motif": "",
    }


def require_preparation(row: Mapping[str, Any]) -> None:
    """Raises AlreadySent once it left."""
    if state_of(row) != "preparation":
        raise AlreadySent


def _read(raw: Mapping[str, Raw], now: datetime) -> dict[str, Any]:
    values, faults = parse_fields(FIELDS, raw, FIELD_TYPES)
    if "echeance" not in faults and values["echeance"] <= now:
        faults["echeance"] = "Cette échéance est passée : choisissez-en une à venir."
    if faults:
        raise Invalid(faults)
    return {
        "cahier": values["cahier"],
        "echeance": values["echeance"],
        "criteres": kept(weights_typed(values)),
    }
