"""One dossier of a member's agenda: what he reads, what he votes, how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from api.guests import Guest
from api.guides import SEANCE_PATH
from api.presentation.ballots import Returned, ballot_views
from api.views.fields import FieldView
from api.views.hearings import AsideView, EntryView, NoteView, OutcomeView, Tone
from grants.comites.carnets import LONGEST
from grants.comites.comptage import AJOURNE, REFUSE, RETENU, Comptage
from grants.comites.deports import LONGEST as LONGEST_REASON
from grants.comites.member_sight import Hearing
from grants.comites.mots import Mots
from grants.comites.vocabulary import ATTENDU, CLOS, OUVERT

STATES: Mapping[str, tuple[str, Tone]] = {
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


def entry(guest: Guest, hearing: Hearing, rank: int, back: Back | None = None) -> EntryView:
    """One dossier for this member."""
    id, told = hearing.dossier_id, hearing.told
    here = f"{SEANCE_PATH}/{guest.place.subject.id}/dossiers/{id}"
    mine = back if back is not None and back.dossier_id == id else None
    label, tone = STATES[hearing.passage["etat"]]
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
        outcome=None
        if hearing.count is None
        else outcome_of(guest.place.regles.mots, hearing, hearing.count),
    )


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


def outcome_of(mots: Mots, hearing: Hearing, count: Comptage) -> OutcomeView:
    """« 8 pour, 2 contre, 1 ajournement, 1 abstention », then what was decided."""
    if not count.quorum_atteint:
        return OutcomeView(count="Quorum non atteint : le comité n’a pas pu se prononcer.")
    parts = (
        f"{count.favorables} pour, {count.defavorables} contre",
        _several(count.ajournements, "ajournement"),
        _several(count.abstentions, "abstention"),
    )
    words = ", ".join(filter(None, parts))
    decision = hearing.decision
    if decision is None:
        return OutcomeView(count=words)
    on_conditions = bool(decision["reserves"])
    said = mots.told(decision["retenue"], decision["montant"], reserves=on_conditions)
    return OutcomeView(count=words, decision=said, tone=_TONES[decision["retenue"]])


def _several(number: int, word: str) -> str:
    return f"{number} {word}{'s' if number > 1 else ''}" if number else ""
