"""The roll call of a séance, and who presides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.presentation.fields import question, questions
from api.presentation.seance_actions import comite_url
from api.presentation.seance_head import ROLL, Sitting, head_of
from api.presentation.seance_lines import hours_between
from api.views.chrome import Link
from api.views.fields import FieldGroup, FieldView
from api.views.forms import FormView
from api.views.sitting import Mark
from api.views.sitting_roll import RollLine, RollPage
from api.views.stages import PhaseTone
from api.wording import counted
from grants.comites.allees import gaps_of
from grants.comites.assemblee import ABSENT, EXCUSE, PRESENCES, PRESENT, REPRESENTE
from grants.comites.comptage import Assemblee, has_quorum
from grants.comites.membres import MembreLine
from grants.comites.movements import MOVEMENT_FIELDS, chair_field
from grants.comites.papiers.words import outside_words
from grants.comites.presences import BEFORE, OPEN_STAGES
from grants.comites.roll import roll_fields

CALL, CHAIR, MOVE = "appel", "presidence", "mouvement"
_TONES: dict[str, PhaseTone] = {
    PRESENT: "vert",
    REPRESENTE: "bleu",
    EXCUSE: "ocre",
    ABSENT: "pierre",
}
_UNKNOWN = Mark(label="Pas encore noté", tone="pierre")


def roll_page(sitting: Sitting) -> RollPage:
    """Everybody of the comité, with what is noted of each."""
    sight = sitting.sight
    stage = sight.subject.stage
    open_to = sitting.may_write and stage in (*BEFORE, *OPEN_STAGES)
    asked = _asked(sitting) if open_to else {}
    members = sight.room.membres
    moved = sitting.came.of(MOVE)
    return RollPage(
        head=head_of(sitting, ROLL, *((CALL, CHAIR, MOVE) if open_to else ())),
        lines=tuple(_line(sitting, each, asked) for each in members),
        counts=_counts(sitting),
        quorum=_quorum(sitting),
        url=f"{sitting.url}/presences" if open_to and members else None,
        chair=_chair(sitting) if open_to else None,
        members=Link(label="Membres du comité", url=comite_url(sight.subject)),
        hour=question(sitting.ask(MOVE), MOVEMENT_FIELDS[1], "")
        if open_to and stage in OPEN_STAGES
        else None,
        faulty_move=" ".join(moved.faults.values()),
    )


def _asked(sitting: Sitting) -> dict[str, FieldView]:
    """The questions of the roll call, by their name, with what is noted already."""
    sight = sitting.sight
    known: dict[str, Any] = {}
    for id, row in sight.room.presences.items():
        known |= {
            f"etat_{id}": row["etat"],
            f"pouvoir_{id}": str(row["pouvoir_a_id"]) if row["pouvoir_a_id"] else None,
            f"distance_{id}": row["a_distance"],
        }
    fields = roll_fields(sight.room, sight.subject.stage)
    return {each.name: each for each in questions(sitting.ask(CALL), fields, known)}


def _line(sitting: Sitting, member: MembreLine, asked: dict[str, FieldView]) -> RollLine:
    sight = sitting.sight
    row = sight.room.presences.get(member.id)
    there = row is not None and row["etat"] == PRESENT and row["depart"] is None
    moves = sitting.may_write and sight.holds
    remote = sight.regles.a_distance != "non"
    gives = sight.regles.pouvoirs > 0 and member.votes
    return RollLine(
        nom=member.nom,
        about=about_member(member),
        presence=_presence(sitting, row),
        hours=_hours(row) if row else "",
        voice=_voice(sitting, member),
        etat=asked.get(f"etat_{member.id}"),
        pouvoir=asked.get(f"pouvoir_{member.id}") if gives else None,
        distance=asked.get(f"distance_{member.id}") if remote and sight.holds else None,
        move_url=f"{sitting.url}/presences/{member.id}" if moves else None,
        link_url=f"{sitting.url}/presences/{member.id}/lien"
        if _may_be_sent(sitting, member)
        else None,
        there=there,
        presides=sight.subject.row["preside_id"] == member.id,
    )


def _hours(row: Mapping[str, Any]) -> str:
    """« de 14 h à 17 h, sorti de 15 h à 15 h 30 »."""
    return hours_between(row["arrivee"], row["depart"]) + outside_words(gaps_of(row))


def _may_be_sent(sitting: Sitting, member: MembreLine) -> bool:
    """Whether a colleague may send this member another link to his page."""
    stage = sitting.sight.subject.stage
    return sitting.may_write and stage in ("convoquee", *OPEN_STAGES) and bool(member.email)


def about_member(member: MembreLine) -> str:
    """« Associations, au nom de La Ligue »."""
    return f"{member.college}, {member.structure}" if member.structure else member.college


def _voice(sitting: Sitting, member: MembreLine) -> str:
    if not member.votes:
        return "Voix consultative"
    id = member.suppleant_de_id
    titular = None if id is None else sitting.sight.room.member(id)
    return f"Suppléant de {titular.nom}" if titular else ""


def _presence(sitting: Sitting, row: Any) -> Mark:
    if row is None:
        return _UNKNOWN
    label = PRESENCES[row["etat"]]
    if row["etat"] == PRESENT and row["depart"] is not None:
        return Mark(label="Parti", tone="ocre")
    if row["etat"] == PRESENT and row["a_distance"]:
        label = "Présent à distance"
    if row["etat"] == REPRESENTE:
        proxy = sitting.sight.room.member(row["pouvoir_a_id"])
        label = f"Représenté par {proxy.nom}" if proxy else label
    return Mark(label=label, tone=_TONES[row["etat"]])


def _counts(sitting: Sitting) -> tuple[tuple[str, int], ...]:
    presences = sitting.sight.room.presences
    here = {each.id for each in sitting.sight.room.membres}
    states = [row["etat"] for id, row in presences.items() if id in here]
    return tuple((label, states.count(etat)) for etat, label in PRESENCES.items())


def _quorum(sitting: Sitting) -> Mark:
    """Whether those there would make a quorum, were nobody to step aside."""
    room, regles = sitting.sight.room, sitting.sight.regles
    at = sitting.visit.now
    # No dossier has this id: nobody steps aside of it, and no vote stands on it.
    there: Assemblee = room.assembly(0, at)
    number = there.presents + there.representes
    words = f"{counted(number, 'voix', 'voix')} sur {there.base}"
    if has_quorum(regles.counting, there):
        return Mark(label=f"Quorum atteint : {words}", tone="vert")
    return Mark(label=f"Quorum pas encore atteint : {words}", tone="ocre")


def _chair(sitting: Sitting) -> FormView | None:
    field = chair_field(sitting.sight.room)
    if not field.choices:
        return None
    chosen = sitting.sight.subject.row["preside_id"]
    asked = question(sitting.ask(CHAIR), field, str(chosen) if chosen else None)
    return FormView(
        url=f"{sitting.url}/presidence",
        groups=(FieldGroup(fields=(asked,)),),
        submit="Enregistrer",
    )
