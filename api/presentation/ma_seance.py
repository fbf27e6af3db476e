"""The page of a member: his séance, his agenda, his ballots, as services tell of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from api.guests import Guest
from api.guides import SEANCE_PATH
from api.presentation.ballots import Returned, ballot_views
from api.presentation.presence import presence_view
from api.views.fields import FieldView
from api.views.ma_seance import (
    AsideView,
    EntryView,
    MaSeancePage,
    NoteView,
    OutcomeView,
    Tone,
)
from grants.comites.acces import Place
from grants.comites.agenda import ATTENDU, CLOS, OUVERT
from grants.comites.carnets import LONGEST
from grants.comites.comptage import AJOURNE, REFUSE, RETENU, Comptage
from grants.comites.decisions import ISSUES
from grants.comites.deports import LONGEST as LONGEST_REASON
from grants.comites.member_sight import Hearing, hearings_of
from grants.comites.membres import DELIBERATIVE
from grants.comites.queries import seance_name
from workflow.engine import Engine
from workflow.money import format_amount

_STATES: Mapping[str, tuple[str, Tone]] = {
    ATTENDU: ("À venir", "pierre"),
    OUVERT: ("Vote ouvert", "vert"),
    CLOS: ("Vote clos", "bleu"),
}
_TONES: Mapping[str, Tone] = {RETENU: "vert", REFUSE: "brique", AJOURNE: "ocre"}
Typed = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Back:
    """A form of the page that came back: of which dossier, what was typed and what is wrong."""

    dossier_id: int | None = None
    ballot: Returned | None = None
    faults: Mapping[str, str] = field(default_factory=dict)
    typed: Typed = field(default_factory=dict)


def ma_seance(
    connection: Connection, engine: Engine, guest: Guest, back: Back | None = None
) -> MaSeancePage:
    """The whole page."""
    place, row = guest.place, guest.place.subject.row
    hearings = hearings_of(connection, place, guest.now)
    entries = tuple(entry(guest, each, number, back) for number, each in enumerate(hearings, 1))
    ballots = [ballot for each in hearings for ballot in each.ballots]
    pipeline = engine.machine(place.subject).pipeline
    url = f"{SEANCE_PATH}/{place.subject.id}"
    faults = back.faults if back is not None and back.dossier_id is None else {}
    return MaSeancePage(
        organisme=guest.organisme_nom,
        title=seance_name(row),
        at=row["tenue_le"],
        lieu=row["lieu"],
        visio=row["lien_visio"],
        stage=pipeline.stage(place.subject.stage).label,
        nom=place.membre.nom,
        capacity=_capacity(place),
        rules=_rules(place),
        presence=presence_view(place, f"{url}/presence", faults),
        entries=entries,
        voted=sum(each.version > 0 for each in ballots),
        to_vote=len(ballots),
        waiting=sum(each.version == 0 and not each.refusal for each in ballots),
        url=url,
        look_url=f"{url}?vu={(seen := _seen(place, hearings))}",
        seen=seen,
        leave_url=f"{url}/quitter",
    )


def entry(guest: Guest, hearing: Hearing, rank: int, back: Back | None = None) -> EntryView:
    """One dossier for this member."""
    id, told = hearing.dossier_id, hearing.told
    here = f"{SEANCE_PATH}/{guest.place.subject.id}/dossiers/{id}"
    mine = back if back is not None and back.dossier_id == id else None
    label, tone = _STATES[hearing.passage["etat"]]
    return EntryView(
        id=id,
        rank=rank,
        at=hearing.at,
        minutes=hearing.minutes,
        reference=told["reference"],
        titre=told["titre"] or "Projet sans titre",
        structure=told["structure"] or "Structure à préciser",
        demande=told["montant_demande"],
        plafond=told["plafond"],
        state=label,
        tone=tone,
        is_open=hearing.passage["etat"] == OUVERT,
        read_url=None if hearing.aside else here,
        aside=_aside(hearing, here, mine),
        note=None if hearing.aside else _note(hearing, here, mine),
        ballots=ballot_views(guest.place, hearing, f"{here}/vote", mine.ballot if mine else None),
        outcome=None if hearing.count is None else _outcome(hearing, hearing.count),
    )


def _capacity(place: Place) -> str:
    """« Associations, voix délibérative, suppléant de Lou Delmas »."""
    member = place.membre
    voice = "délibérative" if member.voix == DELIBERATIVE else "consultative"
    words = [member.structure, member.college, f"voix {voice}"]
    titular = place.room.member(member.suppleant_de_id) if member.suppleant_de_id else None
    if titular is not None:
        words.append(f"à la place de {titular.nom} en son absence")
    if place.siege.preside:
        words.append("vous présidez")
    return ", ".join(filter(None, words))


def _rules(place: Place) -> tuple[str, ...]:
    """What a member must know of the rules before he votes."""
    regles = place.regles
    ballot = "Scrutin nominatif : le procès-verbal dira ce que chacun a voté."
    if regles.is_secret:
        ballot = "Scrutin secret : personne ne saura ce que vous avez voté, ni pendant, ni après."
    remote = {
        "non": "On vote dans la salle.",
        "pendant": "On vote pendant la séance, dans la salle ou à distance.",
        "avant": "On vote dès maintenant, et jusqu’à la clôture de chaque vote.",
    }
    return ballot, remote[regles.a_distance]


def _aside(hearing: Hearing, here: str, back: Back | None) -> AsideView:
    reason = FieldView(
        name="motif",
        label="Votre lien avec ce projet",
        value=back.typed.get("motif", "") if back else "",
        help="Facultatif ; le procès-verbal le dira.",
        longest=LONGEST_REASON,
        scope=f"deport-{hearing.dossier_id}",
        error=back.faults.get("motif", "") if back else "",
    )
    return AsideView(
        url=f"{here}/deport",
        undo_url=f"{here}/deport/retirer",
        declared=hearing.aside,
        motif=hearing.motif,
        suggestion=hearing.suggestion,
        may_change=hearing.passage["etat"] != CLOS,
        field=reason,
    )


def _note(hearing: Hearing, here: str, back: Back | None) -> NoteView:
    typed = back.typed.get("texte") if back else None
    text = FieldView(
        name="texte",
        label="Mes notes",
        type="texte_long",
        value=hearing.note if typed is None else typed,
        help="Vous seul les lisez ; elles ne sont jamais jointes au dossier.",
        longest=LONGEST,
        scope=f"note-{hearing.dossier_id}",
        error=back.faults.get("texte", "") if back else "",
    )
    return NoteView(url=f"{here}/note", field=text)


def _outcome(hearing: Hearing, count: Comptage) -> OutcomeView:
    """« 8 pour, 2 contre, 1 ajournement, 1 abstention », then what was decided."""
    if not count.quorum_atteint:
        return OutcomeView(count="Quorum non atteint : le comité n’a pas pu décider.")
    parts = (
        f"{count.favorables} pour, {count.defavorables} contre",
        _several(count.ajournements, "ajournement"),
        _several(count.abstentions, "abstention"),
    )
    words = ", ".join(filter(None, parts))
    decision = hearing.decision
    if decision is None:
        return OutcomeView(count=words)
    amount = decision["montant"]
    said = ISSUES[decision["retenue"]] + (f", {format_amount(amount)}" if amount else "")
    return OutcomeView(count=words, decision=said, tone=_TONES[decision["retenue"]])


def _several(number: int, word: str) -> str:
    return f"{number} {word}{'s' if number > 1 else ''}" if number else ""


def _seen(place: Place, hearings: Sequence[Hearing]) -> str:
    """What tells this sight from the next: another one only when something is to be seen."""
    presence = place.room.presences.get(place.membre.id) or {}
    told = [
        place.subject.stage,
        place.subject.lock_version,
        str(presence.get("etat")),
        str(presence.get("depart")),
        [
            [
                each.dossier_id,
                each.passage["etat"],
                each.aside,
                each.suggestion,
                each.decision and [each.decision["retenue"], each.decision["montant"]],
                [[ballot.membre.id, ballot.version, ballot.refusal] for ballot in each.ballots],
            ]
            for each in hearings
        ],
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]
