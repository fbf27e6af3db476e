"""What the minutes say, made of their canonical data and of nothing else: for paper, for Word."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from grants.comites.allees import gaps_of
from grants.comites.assemblee import ABSENT, EXCUSE, PRESENCES, PRESENT, REPRESENTE
from grants.comites.comptage import SANS_QUORUM
from grants.comites.heures import lasting, time_of_all
from grants.comites.mots import Mots
from grants.comites.papiers.pv_dossier import dossier_blocks, hidden_blocks
from grants.comites.papiers.setting import heading, paragraph, table
from grants.comites.papiers.words import (
    counted,
    hour_of,
    moment_of,
    money,
    outside_words,
    place_of,
    rules_of,
    voice_of,
    when_of,
)
from grants.comites.regles import load_regles
from notifications.document import Block, Listing

Data = Mapping[str, Any]


def minutes_blocks(data: Data, hidden: Collection[int] = ()) -> tuple[Block, ...]:
    """The whole minutes. `hidden`: the dossiers whose reader stepped aside, named and no more."""
    return (
        *_opening(data),
        *_attendance(data),
        *_outcome(data, hidden),
        *(
            block
            for rank, dossier in enumerate(data["dossiers"], start=1)
            for block in (
                hidden_blocks(dossier, rank)
                if dossier["dossier"] in hidden
                else dossier_blocks(data, dossier, rank)
            )
        ),
        *_remarks(data),
    )


def extract_blocks(data: Data, dossier: Data) -> tuple[Block, ...]:
    """What the minutes say of one dossier, and nothing of the others: neither their votes, nor
    the remarks, which may name them. Who voted what stays in the minutes.
    """
    return (*_opening(data), *dossier_blocks(data, dossier, None, named=False))


def _opening(data: Data) -> Iterator[Block]:
    seance = data["seance"]
    held = moment_of(seance["tenue_le"])
    assert held is not None, "a séance has its date"
    place = place_of(seance)
    where = f", {place}" if place else ""
    preside = f" Présidence : {data['preside']}." if data["preside"] else ""
    yield paragraph(f"Séance du {when_of(held)}{where}.{preside}")


def _attendance(data: Data) -> Iterator[Block]:
    members = data["membres"]
    yield heading("Qui siégeait")
    yield table(
        ("Membre", "Au nom de", "Collège", "Voix", "Présence"),
        [_member(each, members) for each in members],
    )
    rows = [_times(each) for each in members]
    there = [row for row in rows if row["etat"] == PRESENT]
    spent = time_of_all(there)
    told = counted(len(there), "personne présente", "personnes présentes")
    yield paragraph(f"{told}, {lasting(spent)} de présence en tout." if spent else f"{told}.")
    yield heading("Comment on a voté")
    yield Listing(tuple((paragraph(rule),) for rule in rules_of(data["regles"])))


def _member(member: Data, members: Sequence[Data]) -> Sequence[str]:
    name = member["nom"]
    if member["suppleant_de"] is not None:
        name += f", suppléance de {_named(members, member['suppleant_de'])}"
    return (
        name,
        member["structure"] or "–",
        member["college"],
        voice_of(member["voix"]),
        _presence(member, members),
    )


def _presence(member: Data, members: Sequence[Data]) -> str:
    """« De 14 h à 16 h 30 », « Pouvoir à Ana Martin », « Excusé »."""
    etat = member["etat"]
    if etat == REPRESENTE:
        return f"Pouvoir à {_named(members, member['pouvoir_a'])}"
    if etat in (EXCUSE, ABSENT):
        return PRESENCES[etat]
    times = _times(member)
    afar = ", à distance" if member["a_distance"] else ""
    if not (times["arrivee"] and times["depart"]):
        return f"Présent{afar}"
    outside = outside_words(gaps_of(times))
    return f"De {hour_of(times['arrivee'])} à {hour_of(times['depart'])}{outside}{afar}"


def _times(member: Data) -> dict[str, Any]:
    return {
        "etat": member["etat"],
        "arrivee": moment_of(member["arrivee"]),
        "depart": moment_of(member["depart"]),
        "absences": json.dumps(member.get("absences", [])),
    }


def _named(members: Sequence[Data], id: int) -> str:
    return next((each["nom"] for each in members if each["membre"] == id), "un autre membre")


def _outcome(data: Data, hidden: Collection[int]) -> Iterator[Block]:
    """Every decision at a glance, and what is granted in all."""
    shown = [each for each in data["dossiers"] if each["dossier"] not in hidden]
    decided = [(each, each["decision"]) for each in shown]
    if not decided:
        return
    granted = sum((each or {}).get("montant") or 0 for _, each in decided)
    mots = load_regles(data["regles"]).mots
    yield heading(f"Les {mots.noms.lower()}")
    yield table(
        ("Projet", "Dossier", "Demandé", mots.nom),
        [
            (
                ", ".join(filter(None, (each["titre"], each["structure"]))),
                each["reference"],
                money(each["montant_demande"]),
                _decision(mots, each, decision),
            )
            for each, decision in decided
        ],
        right=2,
    )
    if granted and mots.decides:
        yield paragraph(f"En tout, {money(granted)} accordés.")


def _decision(mots: Mots, dossier: Data, decision: Data | None) -> str:
    if decision is not None:
        on_conditions = bool(decision["reserves"])
        return mots.told(decision["retenue"], decision["montant"], reserves=on_conditions)
    vote = dossier["vote"]
    return mots.issue(SANS_QUORUM) if vote and not vote["comptage"]["quorum_atteint"] else "–"


def _remarks(data: Data) -> Iterator[Block]:
    if data["remarques"]:
        yield heading("Remarques")
        for line in data["remarques"].split("\n"):
            if line.strip():
                yield paragraph(line)
