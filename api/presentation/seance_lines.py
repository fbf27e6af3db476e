"""A dossier of a séance in one line: where it is, what the votes say, what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from api.presentation.seance_head import Sitting
from api.views.sitting import AgendaLine, CountView, Mark
from api.views.stages import PhaseTone
from api.wording import clock
from grants.comites.comptage import AJOURNE, REFUSE, RETENU, SANS_QUORUM, Comptage
from grants.comites.mots import Mots
from grants.comites.sight import Item

#: What the comité leads to → its colour.
_TONES: Mapping[str, PhaseTone] = {
    RETENU: "vert",
    AJOURNE: "ocre",
    REFUSE: "brique",
    SANS_QUORUM: "pierre",
}


def mark_of(mots: Mots, key: str, *, reserves: bool = False) -> Mark:
    """What the comité says of a dossier, in its words and its colour."""
    return Mark(label=mots.issue(key, reserves=reserves), tone=_TONES[key])


def lines_of_agenda(sitting: Sitting) -> tuple[AgendaLine, ...]:
    """Every dossier of the agenda, in order."""
    return tuple(line_of(sitting, item, rank) for rank, item in enumerate(sitting.sight.items, 1))


def line_of(sitting: Sitting, item: Item, rank: int) -> AgendaLine:
    """One dossier of the agenda."""
    url = f"{sitting.url}/dossiers/{item.dossier_id}"
    before = sitting.sight.subject.stage in ("preparation", "convoquee", "ouverte")
    opens = sitting.may_write and sitting.sight.holds and item.etat == "attendu"
    decision, mots = item.decision, sitting.sight.regles.mots
    return AgendaLine(
        id=item.dossier_id,
        rank=rank,
        url=url,
        dossier_url=f"/dossiers/{item.dossier_id}",
        note_url=f"{url}/note" if sitting.may_write and before else None,
        reference=item.told["reference"],
        titre=item.told["titre"] or "Projet sans titre",
        structure=item.told["structure"],
        at=item.at,
        minutes=item.minutes,
        state=state_of(mots, item),
        montant_demande=item.told["montant_demande"],
        noted=any(item.passage[key] for key in ("note", "avis_charge", "vigilance")),
        aside=item.aside,
        count=count_view(mots, item),
        open_url=f"{url}/vote/ouvrir" if opens else None,
        decided=decision_words(mots, decision) if decision else "",
    )


def decision_words(mots: Mots, decision: Mapping[str, Any]) -> str:
    """« Retenu, 18 000 € », « Avis favorable avec réserves »."""
    on_conditions = bool(decision["reserves"])
    return mots.told(decision["retenue"], decision["montant"], reserves=on_conditions)


def state_of(mots: Mots, item: Item) -> Mark:
    """Where a dossier is, in two words."""
    if item.decision is not None:
        reserves = bool(item.decision["reserves"])
        decided = mark_of(mots, item.decision["retenue"], reserves=reserves)
        label = f"{decided.label}, appliqué" if item.decision["appliquee_le"] else decided.label
        return Mark(label=label, tone=decided.tone)
    if item.is_open:
        return Mark(label="Vote en cours", tone="bleu")
    if item.waits:
        return Mark(label=mots.a_confirmer, tone="prune")
    if item.is_closed:
        return mark_of(mots, SANS_QUORUM)
    return Mark(label="À examiner", tone="pierre")


def count_view(mots: Mots, item: Item) -> CountView | None:
    """The count of a dossier, hidden as long as its rule says so; None before its vote."""
    if item.etat == "attendu" and not item.received:
        return None
    if item.count is None:
        return CountView(received=item.received, expected=item.expected, hidden=True)
    return counted(mots, item.count, item.received, item.expected)


def counted(mots: Mots, count: Comptage, received: int, expected: int) -> CountView:
    """A count in words."""
    there = count.presents + count.representes
    mark = mark_of(mots, count.issue)
    return CountView(
        received=received,
        expected=expected,
        quorum=f"{there} sur {count.base}",
        quorum_met=count.quorum_atteint,
        lines=(
            ("Favorables", count.favorables),
            ("Défavorables", count.defavorables),
            ("Ajournements", count.ajournements),
            ("Abstentions", count.abstentions),
        ),
        issue=mark.label,
        tone=mark.tone,
        montant=count.montant,
        casting=count.preponderante,
    )


def hours_between(start: datetime | None, end: datetime | None) -> str:
    """« de 14 h à 15 h 30 », « depuis 14 h »."""
    if start is None:
        return ""
    return f"de {clock(start)} à {clock(end)}" if end else f"depuis {clock(start)}"
