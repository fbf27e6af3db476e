"""The minutes of a séance: as its journal gives them, with the remarks that are to be written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from api.presentation.fields import question
from api.presentation.seance_actions import seance_actions
from api.presentation.seance_head import MINUTES, Sitting, head_of
from api.presentation.seance_lines import decision_words, hours_between
from api.presentation.seance_papers import papers_of_minutes
from api.views.fields import FieldGroup
from api.views.forms import FormView
from api.views.sheets import Entry
from api.views.sitting_pages import MinutesDossier, MinutesPage
from api.wording import counted
from grants.comites.allees import read_gaps
from grants.comites.assemblee import PRESENCES, PRESENT, REPRESENTE
from grants.comites.comptage import CHOIX
from grants.comites.minutes import REMARKS_FIELD, minutes_row, read_minutes
from grants.comites.mots import Mots
from grants.comites.papiers.words import outside_words
from grants.comites.regles import load_regles
from workflow.dates import format_datetime
from workflow.money import NO_BREAK_SPACE, format_amount

REMARKS, VALIDATE = "remarques", "valider_pv"
Data = Mapping[str, Any]
_COUNTED = {
    "favorables": "favorable",
    "defavorables": "défavorable",
    "ajournements": "ajournement",
    "abstentions": "abstention",
}
_AND = f"{NO_BREAK_SPACE}; "


def minutes_page(sitting: Sitting) -> MinutesPage:
    """The minutes as they stand; frozen, what they were frozen with."""
    connection, subject = sitting.asking.connection, sitting.sight.subject
    row = minutes_row(connection, subject.id)
    data = read_minutes(connection, subject)
    mots = load_regles(data["regles"]).mots
    remarks = row["remarques"] if row else ""
    actions = {each.key: each for each in seance_actions(sitting)}
    writes = sitting.may_write and subject.stage in ("ouverte", "close")
    return MinutesPage(
        head=head_of(sitting, MINUTES, *((REMARKS,) if writes else ())),
        ready=bool(data["membres"]),
        members=tuple(_member(each, data["membres"]) for each in data["membres"]),
        dossiers=tuple(_dossier(mots, n, each) for n, each in enumerate(data["dossiers"], 1)),
        remarks=remarks,
        form=_form(sitting, remarks, row["version"] if row else 0) if writes else None,
        validate=actions.get(VALIDATE),
        frozen=_frozen(row),
        links=papers_of_minutes(sitting),
    )


def _form(sitting: Sitting, remarks: str, version: int) -> FormView:
    asked = question(sitting.ask(REMARKS), REMARKS_FIELD, remarks)
    return FormView(
        url=f"{sitting.url}/pv/remarques",
        groups=(FieldGroup(fields=(asked,)),),
        submit="Enregistrer les remarques",
        lock_version=version,
    )


def _frozen(row: Data | None) -> tuple[Entry, ...]:
    if row is None or row["empreinte"] is None:
        return ()
    return (
        Entry(label="Validé par", value=row["valide_par"]),
        Entry(label="Le", value=format_datetime(row["valide_le"])),
        Entry(label="Empreinte des données", value=row["empreinte"], wide=True),
        Entry(label="Tête du journal", value=row["ancre"], wide=True),
    )


def _member(member: Data, members: list[Data]) -> Entry:
    words = PRESENCES[member["etat"]]
    if member["etat"] == PRESENT:
        start, end = (_instant(member[key]) for key in ("arrivee", "depart"))
        outside = outside_words(read_gaps(member.get("absences", ())))
        hours = hours_between(start, end) + outside
        words = f"{words} à distance {hours}" if member["a_distance"] else f"{words} {hours}"
    if member["etat"] == REPRESENTE:
        names = {each["membre"]: each["nom"] for each in members}
        words = f"{words} par {names.get(member['pouvoir_a'], '')}"
    about = f"{member['nom']} ({member['college']})"
    return Entry(label=about, value=words)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _dossier(mots: Mots, rank: int, each: Data) -> MinutesDossier:
    facts = [Entry(label="Structure", value=each["structure"])]
    if each["montant_demande"]:
        facts.append(Entry(label="Aide demandée", value=format_amount(each["montant_demande"])))
    if each["deports"]:
        facts.append(Entry(label="Déports", value=_deports(each), wide=True))
    facts += _vote(each["vote"])
    facts += _decision(mots, each["decision"])
    return MinutesDossier(
        title=f"{rank}. {each['reference']} {each['titre']}".strip(), facts=tuple(facts)
    )


def _deports(each: Data) -> str:
    return _AND.join(
        f"{one['nom']} ({one['motif']})" if one["motif"] else str(one["nom"])
        for one in each["deports"]
    )


def _vote(vote: Data | None) -> list[Entry]:
    if vote is None:
        return [Entry(label="Vote", value="Le comité n’a pas voté sur ce dossier.", wide=True)]
    count = vote["comptage"]
    there = count["presents"] + count["representes"]
    met = "quorum atteint" if count["quorum_atteint"] else "quorum non atteint"
    told = (counted(count[key], one) for key, one in _COUNTED.items() if count[key])
    words = ", ".join(told) or "Personne n’a voté"
    named = [each for each in vote["bulletins"] if each.get("nom")]
    return [
        Entry(label="Voix", value=f"{there} sur {count['base']}, {met}"),
        Entry(label="Présidence", value=vote["preside"] or "Personne"),
        Entry(label="Vote", value=words, wide=True),
        *(
            [Entry(label="Voix par voix", value=_AND.join(map(_ballot, named)), wide=True)]
            if named
            else []
        ),
    ]


def _ballot(ballot: Data) -> str:
    amount = f" {format_amount(ballot['montant'])}" if ballot["montant"] else ""
    return f"{ballot['nom']}{NO_BREAK_SPACE}: {CHOIX[ballot['choix']].lower()}{amount}"


def _decision(mots: Mots, decision: Data | None) -> list[Entry]:
    if decision is None:
        return []
    words = f"{decision_words(mots, decision)}, par {decision['par']}"
    entries = [Entry(label=mots.nom, value=words, wide=True)]
    if decision["motif"]:
        entries.append(Entry(label="Motif", value=decision["motif"], wide=True))
    if decision["reserves"]:
        entries.append(Entry(label=mots.reserves, value="\n".join(decision["reserves"]), wide=True))
    return entries
