"""What is left after the kills: every move asked for, looked for in the journal and in the rows."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, func, select

from api.schema import JOURNAL_OWNERS
from grants.dossiers.tables import Dossier, RendezVous
from notifications.courrier_table import Courrier
from notifications.outbox import ANNULE
from tests.faults.walkers import Asked
from workflow.database import table_of
from workflow.echeance_table import Echeance
from workflow.echeances import PREVUE
from workflow.journal_check import verify
from workflow.journal_tables import JournalEntry, JournalPayload
from workflow.subject import read_trail

_J, _P = table_of(JournalEntry), table_of(JournalPayload)

#: The reminders that wait in each stage, and the letter that each action writes.
REMINDERS = {
    "contact": ["contact_a_appeler", "contact_sans_rendez_vous", "contact_sans_rendez_vous"],
    "accueil": ["rappel_rendez_vous"],
    "sans_suite": [],
}
LETTERS = {
    "accueillir": "confirmation_rendez_vous",
    "classer_sans_suite": "classement_sans_suite",
}


@dataclass
class Story:
    """What the journal alone says that a dossier should look like."""

    seq: int = 1
    last: int = 1  # of any entry: the clock notes the letters that it sent
    version: int = 1
    trail: list[tuple[int, str]] = field(default_factory=lambda: [(1, "contact")])
    letters: dict[int, str] = field(default_factory=dict)
    taken_back: set[int] = field(default_factory=set)
    met_at: dict[int, str] = field(default_factory=dict)

    def read(self, entry: Mapping[str, Any], name: str) -> None:
        """One more move."""
        self.seq, self.version = entry["seq"], self.version + 1
        if entry["event"] == "accueillir":
            self.met_at[self.seq] = name
        if letter := LETTERS.get(entry["event"]):
            self.letters[self.seq] = letter
        if entry["corrects"] is None:
            self.trail.append((self.seq, entry["to_stage"]))
        else:
            self.taken_back.add(entry["corrects"])
            self.met_at.pop(entry["corrects"], None)
            self.trail.pop()


def faults_of(connection: Connection, moves: Iterable[Asked]) -> list[str]:
    """Every move lost, doubled, halved or made though it was refused; every broken chain."""
    entries = _moves_written(connection)
    found = [f"chaîne : {finding}" for finding in verify(connection, JOURNAL_OWNERS).findings]
    found += _against_what_was_told(entries, moves)
    stories: dict[int, Story] = defaultdict(Story)
    for entry in entries:
        stories[entry["subject_id"]].read(entry, entry["name"])
    for id, seq in _last_entries(connection):
        stories[id].last = seq
    return [*found, *_against_the_rows(connection, stories)]


def _moves_written(connection: Connection) -> list[dict[str, Any]]:
    same = (_P.c.subject_kind == _J.c.subject_kind) & (_P.c.subject_id == _J.c.subject_id)
    query = (
        select(_J, _P.c.content)
        .join(_P, same & (_P.c.seq == _J.c.seq))
        .where(_J.c.kind == "mouvement")
        .order_by(_J.c.subject_id, _J.c.seq)
    )
    entries = [dict(row) for row in connection.execute(query).mappings()]
    for entry in entries:
        content = json.loads(entry["content"])
        entry["name"] = content.get("motif") or content["champs"]["lieu_rendez_vous"]
    return entries


def _last_entries(connection: Connection) -> list[tuple[int, int]]:
    """The last entry of each dossier, of whatever kind."""
    query = (
        select(_J.c.subject_id, func.max(_J.c.seq))
        .where(_J.c.subject_kind == "dossier")
        .group_by(_J.c.subject_id)
    )
    return [(row[0], row[1]) for row in connection.execute(query)]


def _against_what_was_told(entries: list[dict[str, Any]], moves: Iterable[Asked]) -> Iterator[str]:
    written = {entry["name"]: entry for entry in entries}
    times = Counter(entry["name"] for entry in entries)
    for name, number in times.items():
        if number > 1:
            yield f"doublé : {name} est {number} fois au journal"
    for asked in moves:
        entry = written.pop(asked.name, None)
        if asked.told == "fait" and entry is None:
            yield f"perdu : {asked} n'est pas au journal"
        elif asked.told == "refusé" and entry is not None:
            yield f"fait malgré le refus : {asked}"
        elif entry is not None and (entry["subject_id"], entry["event"]) != (
            asked.dossier,
            asked.action,
        ):
            yield f"autre chose : {asked} a donné {entry['event']}"
    yield from (f"inconnu : personne n'a demandé {name}" for name in written)


def _against_the_rows(connection: Connection, stories: Mapping[int, Story]) -> Iterator[str]:
    dossiers = _grouped(connection, table_of(Dossier), "id")
    echeances = _grouped(connection, table_of(Echeance), "subject_id")
    courriers = _grouped(connection, table_of(Courrier), "subject_id")
    meetings = _grouped(connection, table_of(RendezVous), "dossier_id")
    for id, (row,) in dossiers.items():
        story = stories[id]
        for what, stands, expected in (
            *_of_the_row(row, story),
            *_of_the_echeances(echeances[id], story),
            *_of_the_letters(courriers[id], story),
            ("rendez-vous", sorted(each["lieu"] for each in meetings[id]), _places(story)),
        ):
            if stands != expected:
                yield f"à moitié : dossier {id}, {what} : {stands} au lieu de {expected}"


_Compared = Iterator[tuple[str, Any, Any]]


def _of_the_row(row: Mapping[str, Any], story: Story) -> _Compared:
    trail = [(step.seq, step.stage) for step in read_trail(row["trail"])]
    yield "étape", row["stage"], story.trail[-1][1]
    yield "parcours", trail, story.trail
    yield "seq", row["seq"], story.last
    yield "version", row["lock_version"], story.version
    kept = json.loads(row["donnees"]).get("lieu_rendez_vous")
    yield "lieu du rendez-vous", [kept] if kept else [], _places(story)


def _of_the_echeances(rows: list[Mapping[str, Any]], story: Story) -> _Compared:
    waiting = sorted(row["rule"] for row in rows if row["state"] == PREVUE)
    yield "échéances", waiting, REMINDERS[story.trail[-1][1]]
    seqs = {row["planned_seq"] for row in rows if row["state"] == PREVUE}
    late = {seq for seq in seqs if seq > story.seq}
    yield "échéances sans mouvement", late, set()


def _of_the_letters(rows: list[Mapping[str, Any]], story: Story) -> _Compared:
    yield "courriers", {row["subject_seq"]: row["letter"] for row in rows}, story.letters
    yield "nombre de courriers", len(rows), len(story.letters)
    cancelled = {row["subject_seq"] for row in rows if row["state"] == ANNULE}
    left = {row["subject_seq"] for row in rows if row["sent_at"] is not None}
    owed = story.taken_back.intersection(story.letters) - left  # the clock may have sent it before
    yield "courriers annulés", cancelled, owed


def _places(story: Story) -> list[str]:
    return sorted(story.met_at.values())


def _grouped(
    connection: Connection, table: Table, column: str
) -> defaultdict[int, list[Mapping[str, Any]]]:
    groups: defaultdict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in connection.execute(select(table)).mappings():
        groups[row[column]].append(row)
    return groups
