"""What whoever presides has before her: each vote, its count when it may be seen, its decision."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from api.guests import Guest
from api.guides import SEANCE_PATH
from api.presentation.hearings import STATES, outcome_of
from api.presentation.seance_decisions import envelopes_for
from api.views.chrome import Link
from api.views.fields import Choice, FieldView
from api.views.presidence import MoveView, PresidencePage, RulingView
from api.views.sitting_decisions import EnvelopeView
from grants.comites.acces import Place
from grants.comites.chair_sight import Ruling, rulings_of
from grants.comites.comptage import RETENU
from grants.comites.mots import Mots
from grants.comites.queries import seance_name
from grants.comites.sieges import PRESIDE
from grants.comites.vocabulary import ATTENDU, OUVERT
from workflow.engine import Engine
from workflow.fields import FIELD_TYPES

OPEN, CLOSE = "ouvrir", "clore"


@dataclass(frozen=True, slots=True)
class Sent:
    """A decision that came back: of which dossier, what was typed, what is wrong with it."""

    dossier_id: int
    typed: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)


def presidence(
    connection: Connection, engine: Engine, guest: Guest, back: Sent | None = None
) -> PresidencePage:
    """The whole page."""
    place = guest.place
    rulings = rulings_of(connection, engine, place, guest.now)
    pipeline = engine.machine(place.subject).pipeline
    stage = place.subject.stage
    home = f"{SEANCE_PATH}/{place.subject.id}"
    url = f"{home}/presidence"
    mots = place.regles.mots
    views = tuple(
        _ruling(mots, each, number, url, stage, back) for number, each in enumerate(rulings, 1)
    )
    moves = tuple(
        MoveView(key=action.key, label=action.label, primary=action.key != OPEN)
        for action in engine.machine(place.subject).leaving(stage).values()
        if PRESIDE in action.roles
    )
    seen = _seen(stage, views)
    return PresidencePage(
        organisme=guest.organisme_nom,
        title=seance_name(place.subject.row),
        mots=mots,
        envelopes=_envelopes(connection, engine, place, rulings),
        stage=pipeline.stage(stage).label,
        back=Link(label="Ma page de membre", url=home),
        url=url,
        move_url=f"{url}/seance",
        moves=moves,
        draft_url=f"{url}/proces-verbal.pdf" if stage == "close" else None,
        look_url=f"{url}?vu={seen}",
        seen=seen,
        rulings=views,
        total=len(rulings),
        decided=sum(each.hearing.decision is not None for each in rulings),
        closed=sum(each.hearing.is_closed for each in rulings),
    )


def _envelopes(
    connection: Connection, engine: Engine, place: Place, rulings: Sequence[Ruling]
) -> tuple[EnvelopeView, ...]:
    """What is left to grant, while she decides; nothing where the comité advises or no limit is."""
    if not place.regles.mots.decides:
        return ()
    ids = [each.hearing.dossier_id for each in rulings]
    found = envelopes_for(connection, engine, place.subject, ids)
    return tuple(each for each in found if each.disponible is not None)


def _ruling(
    mots: Mots, each: Ruling, rank: int, url: str, stage: str, back: Sent | None
) -> RulingView:
    hearing, here = each.hearing, f"{url}/dossiers/{each.hearing.dossier_id}"
    mine = back if back is not None and back.dossier_id == hearing.dossier_id else None
    label, tone = STATES[hearing.passage["etat"]]
    gesture, key = _gesture(each, here, stage)
    fields = _fields(mots, each, mine) if each.waits else ()
    named = {one.name for one in fields}
    issue = each.count.issue if each.count else ""
    usual = ("montant", "reserves") if issue == RETENU else ("motif",)
    return RulingView(
        id=hearing.dossier_id,
        rank=rank,
        structure=hearing.told["structure"] or "Structure à préciser",
        titre=hearing.told["titre"] or "Projet sans titre",
        demande=hearing.told["montant_demande"],
        state=label,
        tone=tone,
        aside=hearing.aside,
        tally=_tally(each),
        gesture=gesture,
        gesture_key=key,
        awaited=each.awaited if key == CLOSE else (),
        proposal=_proposal(mots, each) if each.waits else "",
        outcome=outcome_of(mots, hearing, each.count) if each.count else None,
        decide_url=f"{here}/decision",
        fields=tuple(one for one in fields if one.name in usual),
        others=tuple(one for one in fields if one.name not in usual),
        open=mine is not None,
        fault=" ".join(text for name, text in mine.faults.items() if name not in named)
        if mine
        else "",
    )


def _gesture(each: Ruling, here: str, stage: str) -> tuple[Link | None, str]:
    """Opening or closing the vote, where the séance is open."""
    etat = each.hearing.passage["etat"]
    if stage != "ouverte" or etat not in (ATTENDU, OUVERT):
        return None, ""
    if etat == ATTENDU:
        return Link(label="Ouvrir le vote", url=f"{here}/vote"), OPEN
    return Link(label="Clore le vote", url=f"{here}/vote"), CLOSE


def _tally(each: Ruling) -> str:
    """« 9 votes sur 12 »."""
    if not each.expected:
        return ""
    plural = "s" if each.received > 1 else ""
    return f"{each.received} vote{plural} sur {each.expected}"


def _proposal(mots: Mots, each: Ruling) -> str:
    """« Le vote propose : Retenu, 15 000 € »."""
    count = each.count
    assert count is not None, "a decision waits for a count"
    alone = " (voix prépondérante)" if count.preponderante else ""
    return f"Le vote propose : {mots.told(count.issue, count.montant)}{alone}."


def _fields(mots: Mots, each: Ruling, mine: Sent | None) -> tuple[FieldView, ...]:
    """The decision as the vote proposes it, to confirm or to change with a reason."""
    count = each.count
    assert count is not None, "a decision waits for a count"
    kept = FIELD_TYPES["montant"].form(count.montant)
    proposed = {
        "retenue": count.issue,
        "montant": kept if isinstance(kept, str) else "",
        "reserves": "\n".join(each.reserves) if count.issue == RETENU else "",
        "motif": "",
    }
    issues = tuple(Choice(value=key, label=label) for key, label in mots.issues.items())
    labels = (
        ("retenue", mots.nom, "choix", ""),
        ("montant", mots.montant, "montant", mots.montant_aide),
        ("reserves", "Réserves", "texte_long", mots.reserves_aide),
        ("motif", "Motif", "texte_long", mots.motif_aide),
    )
    return tuple(
        FieldView(
            name=name,
            label=label,
            type=kind,
            value=(mine.typed if mine else proposed).get(name, ""),
            choices=issues if name == "retenue" else (),
            help=told,
            error=mine.faults.get(name, "") if mine else "",
            scope=f"decision-{each.hearing.dossier_id}",
        )
        for name, label, kind, told in labels
    )


def _seen(stage: str, views: tuple[RulingView, ...]) -> str:
    """What tells this sight from the next."""
    told = [
        [each.id, each.state, each.tally, each.aside, str(each.outcome), each.proposal]
        for each in views
    ]
    return hashlib.sha256(json.dumps([stage, told]).encode()).hexdigest()[:16]
