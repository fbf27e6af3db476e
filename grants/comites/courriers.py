"""Letters about a séance to those who sit there: one each, taken in the move's transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from grants.comites.agenda import agenda_of
from grants.comites.assemblee import room_of
from grants.comites.lettres import context_for
from grants.comites.membres import MembreLine
from grants.comites.regles import load_regles
from notifications.outbox import Enclosed, Recipient
from workflow.engine import Engine, Move
from workflow.subject import Subject

#: Where a séance is no longer held on the day that its members were told.
_CALLED_OFF = ("annulee", "reportee")


def letters_of_move(
    connection: Connection, engine: Engine, subject: Subject, move: Move
) -> list[Enclosed]:
    """The letters that a séance's move makes due, to every member in office that day."""
    if not move.action.letters:
        return []
    told = {"libelle": move.action.label, "motif": move.reason, "par": move.actor.name}
    more: dict[str, Any] = {"action": told}
    called_off = move.to_stage in _CALLED_OFF
    return [
        each
        for key in move.action.letters
        for each in letters_to(
            connection, engine, subject, key, members_of(connection, subject), more, called_off
        )
    ]


def letters_to(
    connection: Connection,
    engine: Engine,
    subject: Subject,
    key: str,
    members: Iterable[MembreLine],
    more: Mapping[str, Any],
    called_off: bool = False,
) -> list[Enclosed]:
    """One letter of the catalogue to each of these members; `more` is told beside the séance."""
    letter = engine.vocabulary.letters[key]
    minutes = sum(
        row["minutes"] or subject.row["minutes_par_dossier"]
        for row in agenda_of(connection, subject.id)
    )
    seance: dict[str, Any] = {
        "vote_avant": load_regles(subject.row["regles"]).a_distance == "avant",
        **({"duree": minutes} if minutes else {}),
        **({"annule": True} if called_off else {}),
    }
    members = list(members)
    alike = Counter(each.nom for each in members)
    found = []
    for each in members:
        context = context_for(connection, subject, each)
        context |= {**more, "seance": {**context["seance"], **seance}}
        # Two people of one name are two letters all the same.
        name = each.nom if alike[each.nom] == 1 else f"{each.nom} ({each.college}, {each.id})"
        found.append(Enclosed(letter, Recipient(name, each.email, each.personne_id), context))
    return found


def members_of(
    connection: Connection, subject: Subject, only: Collection[int] | None = None
) -> list[MembreLine]:
    """Those in office on the day of the séance; `only` some of them."""
    return [
        each for each in room_of(connection, subject).membres if only is None or each.id in only
    ]
