"""The decisions of a séance: proposed, taken, applied, and what they leave to grant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from api.presentation.fields import question
from api.presentation.seance_head import DECISIONS, Sitting, head_of
from api.presentation.seance_lines import line_of, mark_of
from api.presentation.seance_votes import voiced_reserves
from api.presentation.stages import badge
from api.views.sitting_decisions import (
    DecisionLine,
    DecisionsPage,
    DecisionView,
    EnvelopeView,
    Outcome,
    ReserveLine,
)
from api.views.stages import StageBadge
from grants.comites.comptage import RETENU
from grants.comites.engagements import Engagement, engagement_of
from grants.comites.mots import Mots
from grants.comites.reserves import LIFT_FIELD
from grants.comites.sight import Item
from grants.dossiers.gathered import dossiers_by_id
from grants.interventions.fields import dispositifs_of
from workflow.dates import to_paris
from workflow.engine import Engine
from workflow.subject import Subject

#: What became of one decision: of which dossier, done or not, with every sentence.
Told = Mapping[int, tuple[bool, tuple[str, ...]]]


def decisions_page(sitting: Sitting, told: Told | None = None) -> DecisionsPage:
    """Every dossier with its decision. `told`: what became of those just applied."""
    items = sitting.sight.items
    stages = _stages(sitting)
    lines = tuple(_line(sitting, item, rank, stages) for rank, item in enumerate(items, 1))
    decides = sitting.sight.regles.mots.decides
    waiting = sum(
        each.decision is not None and each.decision["appliquee_le"] is None for each in items
    )
    granted = (each.decision["montant"] or 0 for each in items if each.decision)
    return DecisionsPage(
        head=head_of(sitting, DECISIONS),
        lines=lines,
        envelopes=_envelopes(sitting) if decides else (),
        waiting=waiting,
        apply_url=f"{sitting.url}/appliquer" if waiting and decides and sitting.may_write else None,
        outcomes=_outcomes(items, told or {}),
        granted=sum(granted),
        envelopes_url="/enveloppes",
    )


def decision_view(sitting: Sitting, item: Item) -> DecisionView | None:
    """What was decided of a dossier."""
    row = item.decision
    if row is None:
        return None
    mots = sitting.sight.regles.mots
    return DecisionView(
        mots=mots,
        mark=mark_of(mots, row["retenue"], reserves=bool(row["reserves"])),
        montant=row["montant"],
        motif=row["motif"],
        who=row["confirmee_par"],
        at=row["confirmee_le"],
        applied_at=row["appliquee_le"],
        departs=_departs(mots, row),
        reserves=tuple(_reserve(sitting, item, each) for each in row["reserves"]),
    )


def _departs(mots: Mots, row: Mapping[str, Any]) -> str:
    """What the votes proposed, where the decision is another."""
    if (row["proposee"], row["montant_propose"]) == (row["retenue"], row["montant"]):
        return ""
    return mots.told(row["proposee"], row["montant_propose"])


def _reserve(sitting: Sitting, item: Item, row: Mapping[str, Any]) -> ReserveLine:
    url = f"{sitting.url}/dossiers/{item.dossier_id}/reserves/{row['id']}/lever"
    if row["levee_le"] is not None:
        return ReserveLine(texte=row["texte"], lifted=f"{row['levee_par']} : {row['levee_motif']}")
    if not sitting.may_write:
        return ReserveLine(texte=row["texte"])
    asked = question(sitting.ask(f"reserve-{row['id']}"), LIFT_FIELD, "")
    return ReserveLine(texte=row["texte"], url=url, motif=asked)


def _line(
    sitting: Sitting, item: Item, rank: int, stages: Mapping[int, StageBadge]
) -> DecisionLine:
    line, count = line_of(sitting, item, rank), item.count
    decides = item.waits and sitting.may_write
    proposed = ""
    confirmed: tuple[tuple[str, str], ...] = ()
    if item.is_closed and count is not None:
        mots = sitting.sight.regles.mots
        proposed = mots.told(count.issue, count.montant)
        if decides and count.issue == RETENU and (count.montant or not mots.decides):
            confirmed = (("retenue", RETENU), ("reserves", voiced_reserves(sitting, item)))
    applies = item.decision is not None and item.decision["appliquee_le"] is None
    applies = applies and sitting.sight.regles.mots.decides
    url = f"{line.url}/appliquer" if applies and sitting.may_write else None
    return DecisionLine(
        line=line,
        proposed=proposed,
        decision=decision_view(sitting, item),
        confirm_url=f"{line.url}/decision" if confirmed else None,
        confirmed=confirmed,
        apply_url=url,
        stage=stages.get(item.dossier_id),
    )


def _stages(sitting: Sitting) -> dict[int, StageBadge]:
    """Where each dossier of the agenda stands."""
    asking, found = sitting.asking, {}
    ids = [each.dossier_id for each in sitting.sight.items]
    for each in dossiers_by_id(asking.connection, asking.organisme_id, ids):
        machine = asking.engine.catalogue.machine(each.pipeline, each.pipeline_version)
        found[each.id] = badge(machine.pipeline, each.stage)
    return found


def _outcomes(items: Sequence[Item], told: Told) -> tuple[Outcome, ...]:
    return tuple(
        Outcome(
            reference=item.told["reference"],
            titre=item.told["titre"],
            url=f"/dossiers/{item.dossier_id}",
            done=told[item.dossier_id][0],
            sentences=told[item.dossier_id][1],
        )
        for item in items
        if item.dossier_id in told
    )


def _envelopes(sitting: Sitting) -> tuple[EnvelopeView, ...]:
    """Those of the dispositifs whose dossiers are heard, for the year of the séance."""
    asking = sitting.asking
    ids = [each.dossier_id for each in sitting.sight.items]
    return envelopes_for(asking.connection, asking.engine, sitting.sight.subject, ids)


def envelopes_for(
    connection: Connection, engine: Engine, seance: Subject, dossiers: Sequence[int]
) -> tuple[EnvelopeView, ...]:
    """The enveloppes that these dossiers of a séance are granted from."""
    mine = seance.tenant_id
    keys = {each.pipeline for each in dossiers_by_id(connection, mine, list(dossiers))}
    loaded = [engine.catalogue.latest(key) for key in sorted(keys)]
    dispositifs = dict.fromkeys(each.pipeline.dispositif for each in loaded if each)
    year = to_paris(seance.row["tenue_le"]).year
    return tuple(
        envelope_view(engine, engagement_of(connection, engine, mine, dispositif, year))
        for dispositif in dispositifs
    )


def envelope_of(sitting: Sitting, item: Item) -> EnvelopeView | None:
    """The enveloppe that a dossier is granted from, without what it takes itself.

    None where the comité only advises: nothing is granted there.
    """
    if not sitting.sight.regles.mots.decides:
        return None
    asking = sitting.asking
    (found,) = dossiers_by_id(asking.connection, asking.organisme_id, [item.dossier_id])
    loaded = asking.engine.catalogue.latest(found.pipeline)
    if loaded is None:
        return None
    year = to_paris(sitting.sight.subject.row["tenue_le"]).year
    engagement = engagement_of(
        asking.connection,
        asking.engine,
        asking.organisme_id,
        loaded.pipeline.dispositif,
        year,
        without=item.dossier_id,
    )
    return envelope_view(asking.engine, engagement)


def envelope_view(engine: Engine, found: Engagement) -> EnvelopeView:
    """An enveloppe in words and amounts."""
    label = dispositifs_of(engine).get(found.dispositif, found.dispositif)
    return EnvelopeView(
        label=f"{label} {found.annee}",
        disponible=found.disponible,
        engage=found.engage,
        paye=found.solde,
        reste=found.reste,
    )
