"""The pack of a séance: its agenda, who sits and by what rules, two pages for each dossier."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from grants.comites.agenda import agenda_of, hours_of
from grants.comites.assemblee import room_of
from grants.comites.engagements import engagement_of
from grants.comites.errors import NotOnTheAgenda, PaperRefused
from grants.comites.membres import MembreLine
from grants.comites.papiers.notes import Passing, Told, note_of
from grants.comites.papiers.words import (
    counted,
    day_of,
    hour_of,
    money,
    name_of,
    place_of,
    rules_of,
    voice_of,
    when_of,
)
from grants.comites.reading import read_sitting
from grants.dossiers.reading import read_subject
from grants.interventions.fields import dispositifs_of
from grants.organisation.letterhead import letterhead_of
from notifications.papers import Paper
from workflow.dates import to_paris
from workflow.engine import Engine
from workflow.money import format_amount
from workflow.subject import Subject


def session_paper(
    connection: Connection,
    engine: Engine,
    organisme_id: int,
    seance_id: int,
    now: datetime,
    *,
    hidden: Collection[int] = (),
) -> Paper:
    """The whole pack. `hidden`: the dossiers whose reader stepped aside, named and no more.

    Raises NotFound, PaperRefused where the agenda is empty.
    """
    seance = read_sitting(connection, organisme_id, seance_id, lock=False)
    passings = passings_of(connection, seance)
    if not passings:
        raise PaperRefused(raison="Aucun dossier n’est à l’ordre du jour : inscrivez-en d’abord.")
    shown = [each for each in passings if each.row["dossier_id"] not in hidden]
    notes = [note_of(connection, engine, organisme_id, each, now) for each in shown]
    name = name_of(seance.row["comite"], seance.row["tenue_le"])
    return Paper(
        kind="notes",
        title=f"Dossier de séance, {name}",
        head=letterhead_of(connection, organisme_id, "direction", None),
        at=now,
        content={
            "cover": _cover(connection, engine, seance, passings, hidden, now),
            "notes": notes,
            "foot": f"{name} · document réservé aux membres du comité",
        },
    )


def note_paper(
    connection: Connection,
    engine: Engine,
    organisme_id: int,
    seance_id: int,
    dossier_id: int,
    now: datetime,
) -> Paper:
    """The two pages on one dossier. Raises NotFound, NotOnTheAgenda."""
    seance = read_sitting(connection, organisme_id, seance_id, lock=False)
    dossier = read_subject(connection, engine, organisme_id, dossier_id, lock=False)
    passing = passing_of(connection, seance, dossier_id)
    name = name_of(seance.row["comite"], seance.row["tenue_le"])
    return Paper(
        kind="notes",
        title=f"Note sur le dossier {dossier.row['reference']}",
        head=letterhead_of(connection, organisme_id, "direction", None),
        at=now,
        content={
            "cover": None,
            "notes": [note_of(connection, engine, organisme_id, passing, now)],
            "foot": f"{name} · document réservé aux membres du comité",
        },
    )


def passings_of(connection: Connection, seance: Subject) -> list[Passing]:
    """The dossiers of a séance in the order they are heard."""
    agenda = agenda_of(connection, seance.id)
    usual = seance.row["minutes_par_dossier"]
    return [
        Passing(row, at, row["minutes"] or usual)
        for row, at in zip(agenda, hours_of(seance.row, agenda), strict=True)
    ]


def passing_of(connection: Connection, seance: Subject, dossier_id: int) -> Passing:
    """One of them. Raises NotOnTheAgenda."""
    for each in passings_of(connection, seance):
        if each.row["dossier_id"] == dossier_id:
            return each
    raise NotOnTheAgenda


def _cover(
    connection: Connection,
    engine: Engine,
    seance: Subject,
    passings: Sequence[Passing],
    hidden: Collection[int],
    now: datetime,
) -> Told:
    row, room = seance.row, room_of(connection, seance)
    dossiers = [
        read_subject(connection, engine, seance.tenant_id, each.row["dossier_id"], lock=False)
        for each in passings
    ]
    preside = room.member(row["preside_id"]) if row["preside_id"] else None
    return {
        "over": row["comite"],
        "heading": "Dossier de séance",
        "when": when_of(row["tenue_le"]),
        "facts": _facts(row, passings, dossiers, preside),
        "agenda": [
            _line(passing, dossier, hidden)
            for passing, dossier in zip(passings, dossiers, strict=True)
        ],
        "advice": f"Édité le {day_of(now)}. Si un dossier touche une structure à laquelle vous êtes"
        " lié, signalez-le avant la séance : vous ne prendrez part ni au débat, ni au vote.",
        "members": [
            [each.nom, each.structure or "–", each.college, voice_of(each.voix)]
            for each in room.membres
        ],
        "rules": rules_of(row["regles"]),
        "envelopes": _envelopes(connection, engine, seance, dossiers),
    }


def _facts(
    row: Any, passings: Sequence[Passing], dossiers: Sequence[Subject], preside: MembreLine | None
) -> list[list[str]]:
    asked = [each.row["montant_demande"] for each in dossiers if each.row["montant_demande"]]
    told = [
        ("Lieu", place_of(row)),
        ("Présidence", preside.nom if preside else ""),
        ("Dossiers", _heard(passings)),
        ("Aide demandée", format_amount(sum(asked)) if asked else ""),
    ]
    return [[name, value] for name, value in told if value]


def _heard(passings: Sequence[Passing]) -> str:
    """« 13 dossiers, de 14 h à 17 h 15 »."""
    end = passings[-1].at + timedelta(minutes=passings[-1].minutes)
    number = counted(len(passings), "dossier", "dossiers")
    return f"{number}, de {hour_of(passings[0].at)} à {hour_of(end)}"


def _line(passing: Passing, dossier: Subject, hidden: Collection[int]) -> Told:
    row = dossier.row
    aside = dossier.id in hidden
    return {
        "hour": hour_of(passing.at),
        "label": None if aside else passing.label,
        "reference": row["reference"],
        "title": row["titre"] or row["reference"],
        "structure": row["structure_nom"] or row["porteur_nom"] or "",
        "asked": money(row["montant_demande"]),
    }


def _envelopes(
    connection: Connection, engine: Engine, seance: Subject, dossiers: Sequence[Subject]
) -> list[list[str]]:
    """What is left for each dispositif that the agenda draws on, where something is said of it."""
    year, labels = to_paris(seance.row["tenue_le"]).year, dispositifs_of(engine)
    keys = dict.fromkeys(engine.machine(each).pipeline.dispositif for each in dossiers)
    found = [engagement_of(connection, engine, seance.tenant_id, key, year) for key in keys]
    return [
        [
            f"{labels[each.dispositif]} {year}",
            *map(money, (each.disponible, each.engage, each.reste)),
        ]
        for each in found
        if each.disponible is not None
    ]
