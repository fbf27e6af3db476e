"""The roles of a compte in an organisme, and what each one may stand in for."""

from __future__ import annotations

from workflow.subject import SYSTEM_ROLE

DIRECTION = "direction"
CHARGE_DE_MISSION = "charge_de_mission"
ASSISTANT = "assistant"
LECTEUR = "lecteur"

#: The role of an adhesion → its French label.
ROLES = {
    DIRECTION: "Direction",
    CHARGE_DE_MISSION: "Chargé de mission",
    ASSISTANT: "Assistant",
    LECTEUR: "Lecteur (contrôle)",
}
#: Roles held on one dossier, never given by an adhesion.
RELATIVE_ROLES = {"referent": "Référent du dossier", "porteur": "Porteur du projet"}
#: Every role that a pipeline may name.
PIPELINE_ROLES = {**ROLES, **RELATIVE_ROLES, SYSTEM_ROLE: "Le logiciel"}

WRITERS = frozenset({DIRECTION, CHARGE_DE_MISSION, ASSISTANT})

# The direction may do whatever a chargé de mission may.
_STANDS_FOR = {DIRECTION: frozenset({DIRECTION, CHARGE_DE_MISSION})}


def held(role: str) -> frozenset[str]:
    """The roles that somebody of this role may act under."""
    return _STANDS_FOR.get(role, frozenset({role}))
