"""One dossier at its séance: the note, the déports, the votes, the decision."""

from __future__ import annotations

from collections.abc import Sequence

from api.presentation.fields import question, questions
from api.presentation.seance_decisions import decision_view, envelope_of
from api.presentation.seance_head import VOTES, Sitting, head_of
from api.presentation.seance_lines import count_view, line_of
from api.presentation.seance_papers import papers_of_dossier
from api.presentation.seance_votes import (
    ALOUD,
    awaited_of,
    voiced_reserves,
    voices_of,
    votes_form,
    why_no_votes,
)
from api.views.chrome import Link
from api.views.fields import FieldGroup
from api.views.forms import FormView
from api.views.sheets import Entry
from api.views.sitting_decisions import DecisionView
from api.views.sitting_hearing import AsideLine, HearingPage
from grants.comites.agenda import NOTE_FIELDS, read_passage
from grants.comites.comptage import CHOIX, SANS_QUORUM
from grants.comites.deports import aside_fields, reasons_of, suggestions
from grants.comites.sight import Item
from grants.comites.verdicts import decision_fields
from grants.comites.voting import sealed_ballots
from workflow.errors import NotFound
from workflow.money import format_amount

ASIDE, DECIDE, LIFT = "deport", "decision", "reserve"
_STAGES = ("ouverte", "close")


def hearing_page(sitting: Sitting, dossier_id: int) -> HearingPage:
    """The page on which a dossier is heard. Raises NotFound, NotOnTheAgenda."""
    items = sitting.sight.items
    rank = next((n for n, each in enumerate(items) if each.dossier_id == dossier_id), None)
    if rank is None:
        read_passage(sitting.asking.connection, sitting.sight.subject, dossier_id)
        raise NotFound
    item = items[rank]
    line = line_of(sitting, item, rank + 1)
    closes = sitting.may_write and item.is_open
    votes, decides = votes_form(sitting, item), _decision_form(sitting, item)
    aside, decision = _aside_form(sitting, item), decision_view(sitting, item)
    forms = {ALOUD: votes, DECIDE: decides, ASIDE: aside}
    drawn = [name for name, form in forms.items() if form is not None]
    return HearingPage(
        head=head_of(sitting, VOTES, *drawn, *_lifted(decision, item)),
        line=line,
        facts=_facts(item),
        note=tuple(
            Entry(label=each.label, value=item.passage[each.key], wide=True)
            for each in NOTE_FIELDS
            if each.type == "texte_long" and item.passage[each.key]
        ),
        count=count_view(sitting.sight.regles.mots, item),
        voices=() if votes is not None else voices_of(sitting, item),
        aside=_aside(sitting, item),
        hinted=_hinted(sitting, item),
        state=item.etat,
        previous=_neighbour(sitting, items, rank - 1),
        next=_neighbour(sitting, items, rank + 1),
        votes=votes,
        why_no_votes=why_no_votes(sitting, item),
        open_url=line.open_url,
        close_url=f"{line.url}/vote/clore" if closes else None,
        awaited=awaited_of(sitting, item) if closes else (),
        aside_form=aside,
        decision=decision,
        decision_form=decides,
        envelope=envelope_of(sitting, item),
        ballots=_ballots(sitting, item),
        papers=papers_of_dossier(sitting, dossier_id),
    )


def _lifted(decision: DecisionView | None, item: Item) -> tuple[str, ...]:
    """The forms by which its réserves are lifted, once the decision is applied."""
    if decision is None or decision.applied_at is None or item.decision is None:
        return ()
    return tuple(f"reserve-{each['id']}" for each in item.decision["reserves"])


def _facts(item: Item) -> tuple[Entry, ...]:
    told = item.told
    amounts = ((key, told[key]) for key in ("montant_demande", "plafond"))
    labels = {"montant_demande": "Aide demandée", "plafond": "Plafond"}
    return (
        Entry(label="Structure", value=told["structure"]),
        *(Entry(label=labels[key], value=format_amount(sum_)) for key, sum_ in amounts if sum_),
    )


def _neighbour(sitting: Sitting, items: Sequence[Item], rank: int) -> Link | None:
    if not 0 <= rank < len(items):
        return None
    item = items[rank]
    label = f"{rank + 1}. {item.told['titre'] or item.told['reference']}"
    return Link(label=label, url=f"{sitting.url}/dossiers/{item.dossier_id}")


def _may_step_aside(sitting: Sitting, item: Item) -> bool:
    stages = ("preparation", "convoquee", "ouverte")
    open_to = sitting.sight.subject.stage in stages and not item.is_closed
    return sitting.may_write and open_to


def _aside(sitting: Sitting, item: Item) -> tuple[AsideLine, ...]:
    whys = reasons_of(sitting.asking.connection, sitting.sight.subject.id, item.dossier_id)
    back = _may_step_aside(sitting, item)
    url = f"{sitting.url}/dossiers/{item.dossier_id}/deports"
    return tuple(
        AsideLine(
            nom=each.nom,
            why=whys.get(each.id, ""),
            url=f"{url}/{each.id}/retirer" if back else None,
        )
        for each in sitting.sight.room.membres
        if sitting.sight.room.stepped_aside(each.id, item.dossier_id)
    )


def _hinted(sitting: Sitting, item: Item) -> tuple[AsideLine, ...]:
    """Links that the software sees, while something may still be done about them."""
    if not _may_step_aside(sitting, item):
        return ()
    sight = sitting.sight
    found = suggestions(sitting.asking.connection, sight.subject, sight.room)
    url = f"{sitting.url}/dossiers/{item.dossier_id}/deports"
    return tuple(
        AsideLine(nom=each.membre.nom, why=each.why, url=url, membre_id=each.membre.id)
        for each in found
        if each.dossier_id == item.dossier_id
    )


def _aside_form(sitting: Sitting, item: Item) -> FormView | None:
    if not _may_step_aside(sitting, item):
        return None
    fields = questions(sitting.ask(ASIDE), aside_fields(sitting.sight.room, item.dossier_id), {})
    return FormView(
        url=f"{sitting.url}/dossiers/{item.dossier_id}/deports",
        groups=(FieldGroup(fields=fields),),
        submit="Noter le déport",
    )


def _decision_form(sitting: Sitting, item: Item) -> FormView | None:
    """Confirming what the votes propose, or deciding otherwise with its reason."""
    decided = item.decision
    applied = decided is not None and decided["appliquee_le"] is not None
    count = item.count
    if not sitting.may_write or not item.is_closed or applied or count is None:
        return None
    if sitting.sight.subject.stage not in _STAGES or count.issue == SANS_QUORUM:
        return None
    known = {
        "retenue": decided["retenue"] if decided else count.issue,
        "montant": decided["montant"] if decided else count.montant,
        "motif": decided["motif"] if decided else "",
        "reserves": "\n".join(each["texte"] for each in decided["reserves"])
        if decided
        else voiced_reserves(sitting, item),
    }
    here, mots = sitting.ask(DECIDE), sitting.sight.regles.mots
    fields = tuple(question(here, each, known[each.key]) for each in decision_fields(mots))
    return FormView(
        url=f"{sitting.url}/dossiers/{item.dossier_id}/decision",
        groups=(FieldGroup(fields=fields),),
        submit=mots.changer if decided else mots.confirmer,
    )


def _ballots(sitting: Sitting, item: Item) -> tuple[Entry, ...]:
    """The ballots of a secret vote once it is closed: nobody's any more."""
    if not sitting.sight.regles.is_secret or not item.is_closed:
        return ()
    rows = sealed_ballots(sitting.asking.connection, item.passage["id"])
    return tuple(
        Entry(
            label=f"Bulletin {n}",
            value=CHOIX[row["choix"]]
            + (f", {format_amount(row['montant'])}" if row["montant"] else ""),
        )
        for n, row in enumerate(rows, 1)
    )
