"""What the DLA brings to pipeline files: the choice of a prestataire, and the mission it opens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from workflow.guards import Attempt, Refusal
from workflow.money import format_amount, format_number
from workflow.subject import Subject
from workflow.vocabulary import Register

if TYPE_CHECKING:
    from grants.dossiers.advance import EffectContext
    from workflow.engine import Engine
    from workflow.pipeline import Action

CONSULTATION = Register()
CHOSEN = "offre_choisie"
CONSULTATION.event("consultation_envoyee", "Prestataires consultés")
CONSULTATION.event("offres_ouvertes", "Offres ouvertes")
CONSULTATION.event("consultation_abandonnee", "Consultation abandonnée")
#: What the move that retains a prestataire keeps on the dossier, as the chosen offer says it.
KEPT = {
    "prestataire": "prestataire",
    "cout_mission": "cout_ttc",
    "jours_mission": "jours",
    "prestataires_consultes": "consultes",
    "offres_recues": "offres",
    "motif_du_choix": "motif",
}


@CONSULTATION.fact("offre_choisie")
def chosen_offer(connection: Connection, subject: Subject) -> Mapping[str, Any] | None:
    """The offer chosen in the dossier's last consultation, as `KEPT` names what it says."""
    from grants.dla.consultation.choosing import chosen_of  # rules are known before rows are

    return chosen_of(connection, subject.tenant_id, subject.id)


@CONSULTATION.fact("etat_de_la_consultation")
def state_of_consultation(connection: Connection, subject: Subject) -> str | None:
    """Where the dossier's last consultation stands; None where there is none."""
    from grants.dla.consultation.reading import latest_state

    return latest_state(connection, subject.tenant_id, subject.id)[0]


@CONSULTATION.fact("echeance_des_offres", is_date=True)
def offers_due(connection: Connection, subject: Subject) -> datetime | None:
    """Until when the offers of the last consultation are waited for, once it was sent."""
    from grants.dla.consultation.reading import latest_state

    state, due = latest_state(connection, subject.tenant_id, subject.id)
    return due if state == "envoyee" else None


@CONSULTATION.guard(
    "consultation_a_lancer",
    says="la consultation n’est pas encore partie",
    facts=("etat_de_la_consultation",),
)
def still_to_send(attempt: Attempt) -> Refusal | None:
    """Nobody has been asked yet."""
    if attempt.fact("etat_de_la_consultation") in (None, "preparation", "abandonnee"):
        return None
    return Refusal("consultation_partie", "La consultation est partie.")


@CONSULTATION.guard(
    "offres_a_ouvrir",
    says="les offres ne sont pas encore ouvertes",
    facts=("etat_de_la_consultation",),
)
def still_to_open(attempt: Attempt) -> Refusal | None:
    """The consultation was sent, and its offers are closed."""
    if attempt.fact("etat_de_la_consultation") == "envoyee":
        return None
    return Refusal("rien_a_ouvrir", "Aucune offre n’est à ouvrir.")


@CONSULTATION.guard(
    CHOSEN, says="une offre est choisie, après consultation", facts=("offre_choisie",)
)
def offer_chosen(attempt: Attempt) -> tuple[Refusal, ...]:
    """A mission is entrusted to whom the comparison of the offers chose, at what he offered."""
    offer = attempt.fact("offre_choisie")
    if offer is None:
        told = "Choisissez d’abord une offre, dans la consultation des prestataires."
        return (Refusal("aucune_offre_choisie", told, "consultation"),)
    if attempt.values is None:
        return ()
    return tuple(
        Refusal("autre_que_l_offre", f"L’offre choisie dit {_told(key, offer[said])}.", key)
        for key, said in KEPT.items()
        if key in attempt.values and attempt.values[key] != offer[said]
    )


def _told(key: str, value: Any) -> str:
    if key == "cout_mission":
        return format_amount(value, decimals=True)
    if key == "jours_mission":
        return f"{format_number(value)} jours"
    return f"« {value} »"


def retaining(engine: Engine, subject: Subject) -> Action | None:
    """The action of the present stage that waits for the choice of an offer."""
    leaving = engine.machine(subject).leaving(subject.stage).values()
    return next((a for a in leaving if any(each.name == CHOSEN for each in a.guards)), None)


@CONSULTATION.effect("confier_la_mission")
def mission_entrusted(context: EffectContext) -> None:
    """The mission of the chosen offer begins."""
    from grants.dla.missions.service import entrust

    entrust(context)


@CONSULTATION.undoing("confier_la_mission")
def mission_taken_back(context: EffectContext) -> None:
    """The move is corrected: there is no mission, and an offer is to be chosen again."""
    from grants.dla.consultation.choosing import choice_undone
    from grants.dla.missions.service import cancel

    cancel(context)
    choice_undone(context.session.connection(), context.identity, context.subject, context.move.at)


@CONSULTATION.effect("annuler_la_mission")
def mission_cancelled(context: EffectContext) -> None:
    """Whoever was chosen does not do the mission: others will be consulted."""
    from grants.dla.missions.service import cancel

    cancel(context)


@CONSULTATION.undoing("annuler_la_mission")
def mission_resumed(context: EffectContext) -> None:
    """The move that cancelled it is corrected: the mission goes on."""
    from grants.dla.missions.service import resume

    resume(context)
