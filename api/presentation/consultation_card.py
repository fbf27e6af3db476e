"""A dossier's consultation and mission, in two lines on its page."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from api.forms import new_key
from api.presentation.consultations import ONE, STATES
from api.views.dossier import ConsultationCard
from grants.dla.consultation.reading import Standing, latest_of
from grants.dla.consultation.vocabulary import retaining
from grants.dla.missions.queries import MissionSight, mission_of_dossier, read_mission
from grants.organisation.identity import Identity
from workflow.dates import format_datetime
from workflow.engine import Engine
from workflow.money import format_amount, format_number
from workflow.subject import Subject

_OVER = ("choisie", "abandonnee")


def consultation_card(
    connection: Connection, engine: Engine, identity: Identity, subject: Subject
) -> ConsultationCard | None:
    """What the dossier's page says of it; nothing where no prestataire is ever consulted."""
    if not _consults(engine, subject):
        return None
    place = (connection, subject.tenant_id, subject.id)
    standing, here = latest_of(*place), retaining(engine, subject) is not None
    mission = mission_of_dossier(*place)
    if standing is None and not here:
        return None
    told: dict[str, Any] = {}
    if standing is not None:
        label, tone = STATES[standing.state]
        told |= {"state": label, "tone": tone, "said": _said(standing)}
        told["url"] = f"{ONE}/{standing.id}"
    if here and identity.may_write and (standing is None or standing.state in _OVER):
        told |= {"begin_url": f"/dossiers/{subject.id}/consultation", "key": new_key()}
        told["said"] = told.get("said") or "Aucun prestataire n’est encore consulté."
    if mission is not None:
        sight = read_mission(connection, subject.tenant_id, mission["id"])
        told |= {"mission": mission_said(sight), "mission_url": f"/missions/{mission['id']}"}
    return ConsultationCard(**told)


def _consults(engine: Engine, subject: Subject) -> bool:
    actions = engine.machine(subject).pipeline.actions
    return any(each.name == "offre_choisie" for action in actions for each in action.guards)


def _said(standing: Standing) -> str:
    asked, offers = len(standing.asked), standing.offers
    if standing.state == "preparation":
        chosen = f"{asked} prestataire{'s' if asked > 1 else ''} à consulter" if asked else ""
        return chosen or "Ce qui est demandé est à relire ; personne n’est encore choisi."
    many = f"{offers} offre{'s' if offers > 1 else ''} sur {asked} prestataires consultés"
    if standing.state == "envoyee":
        return f"{many}, jusqu’au {format_datetime(standing.row['echeance'])}"
    return many


def mission_said(sight: MissionSight) -> str:
    """« Mission n° 3, Cabinet A : 2,5 jours sur 4,7 ; 1 200 € facturés sur 3 641 € »."""
    row = sight.row
    days = f"{format_number(sight.done)} jours sur {format_number(row['jours'])}"
    billed = f"{format_amount(sight.billed)} facturés sur {format_amount(row['cout_ttc'])}"
    return f"Mission n° {row['numero']}, {sight.prestataire} : {days} ; {billed}"
