"""The board of one pipeline: its stages as columns, the longest waiting dossiers first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from api.presentation.narrowing import Narrowing, filter_bar
from api.presentation.stages import asks_amounts, outcome_of
from api.views.chrome import Link
from api.views.listing import EmptyState, Tab
from api.views.stages import Avatar, phase_tone
from api.views.tableau import Card, Column, Ending, PhaseGroup, TableauPage
from grants.dossiers.board import (
    DossierLine,
    StageTotals,
    cards_by_stage,
    count_late,
    totals_by_stage,
)
from grants.dossiers.counters import Places, counts_of
from grants.dossiers.filters import is_late, late_before
from grants.organisation.queries import Customs
from grants.structures.departements import departement_name
from workflow.dates import to_paris
from workflow.engine import Engine
from workflow.pipeline import Pipeline, Stage

PATH, LIST = "/tableau", "/liste"


def tableau_page(
    connection: Connection,
    engine: Engine,
    organisme_id: int,
    pipeline: Pipeline,
    narrowing: Narrowing,
    today: date,
    customs: Customs,
    shown: str | None,
) -> TableauPage:
    """The board. `shown` is the column that a phone shows."""
    counts = counts_of(connection, organisme_id, narrowing.filters)
    totals = totals_by_stage(connection, organisme_id, narrowing.filters, counts)
    limits = late_before(pipeline, today, customs)
    late = count_late(connection, organisme_id, narrowing.filters, limits)
    board = _Board(pipeline, narrowing, totals, limits, today)
    cards = cards_by_stage(connection, organisme_id, narrowing.filters, board.current)
    going_on = [totals[key] for key in board.current if key in totals]
    return TableauPage(
        pipeline=pipeline.label,
        tabs=pipeline_tabs(engine, counts.everything, pipeline, PATH),
        filters=filter_bar(connection, organisme_id, narrowing, PATH, pipeline),
        phases=board.phases(cards, shown),
        endings=board.endings(),
        count=sum(each.count for each in going_on),
        total=sum(each.demande for each in going_on) if asks_amounts(pipeline) else None,
        late_count=late,
        late_url=board.list_url(retard="1") if late else None,
        list_url=board.list_url(),
        diagram_url=f"/dispositifs/{pipeline.key}",
        empty=None if totals else _empty(narrowing, pipeline),
    )


@dataclass(frozen=True, slots=True)
class _Board:
    """The stages of a pipeline with what was counted in each."""

    pipeline: Pipeline
    narrowing: Narrowing
    totals: Mapping[str, StageTotals]
    limits: Mapping[str, date]
    today: date

    @property
    def current(self) -> tuple[str, ...]:
        """The stages that have a column."""
        return tuple(stage.key for stage in self.pipeline.stages if not stage.final)

    def list_url(self, **pairs: str) -> str:
        """The list that the board counts, narrowed further."""
        return self.narrowing.url(LIST, dispositif=self.pipeline.key, **pairs)

    def phases(
        self, cards: Mapping[str, list[DossierLine]], shown: str | None
    ) -> tuple[PhaseGroup, ...]:
        """The columns under their phases; a phone shows the one asked for, else the first full."""
        first = next((key for key in self.current if key in self.totals), self.current[0])
        selected = shown if shown in self.current else first
        groups = []
        for rank, phase in enumerate(self.pipeline.phases):
            columns = tuple(
                self._column(stage, cards[stage.key], stage.key == selected)
                for stage in self.pipeline.stages
                if stage.phase == phase.key and not stage.final
            )
            if columns:
                tone = phase_tone(rank)
                groups.append(PhaseGroup(label=phase.label, tone=tone, columns=columns))
        return tuple(groups)

    def endings(self) -> tuple[Ending, ...]:
        """The final stages, counted."""
        return tuple(
            Ending(
                label=stage.label,
                count=self._counted(stage).count,
                total=self._counted(stage).accorde,
                list_url=self.list_url(etape=stage.key),
                outcome=outcome_of(self.pipeline, stage.key),
            )
            for stage in self.pipeline.stages
            if stage.final
        )

    def _column(self, stage: Stage, lines: list[DossierLine], selected: bool) -> Column:
        counted = self._counted(stage)
        select = self.narrowing.url(PATH, dispositif=self.pipeline.key, colonne=stage.key)
        return Column(
            key=stage.key,
            label=stage.label,
            count=counted.count,
            total=counted.accorde or counted.demande,
            amount_label="accordés" if counted.accorde else "demandés",
            list_url=self.list_url(etape=stage.key),
            select_url=select,
            cards=tuple(_card(line, self.limits, self.today) for line in lines),
            selected=selected,
        )

    def _counted(self, stage: Stage) -> StageTotals:
        return self.totals.get(stage.key, StageTotals())


def pipeline_tabs(
    engine: Engine, places: Places, present: Pipeline | None, path: str
) -> tuple[Tab, ...]:
    """The pipelines, each with the dossiers that the organisme has there."""
    used = places.by_pipeline()
    return tuple(
        Tab(
            label=pipeline.label,
            url=f"{path}?dispositif={pipeline.key}",
            present=present is not None and pipeline.key == present.key,
            count=used.get(pipeline.key, 0),
        )
        for pipeline in engine.catalogue.current()
    )


def place(line: DossierLine) -> str:
    """« Nice (06) », or the département alone."""
    if line.commune and line.departement:
        return f"{line.commune} ({line.departement})"
    return line.commune or departement_name(line.departement)


def _card(line: DossierLine, limits: Mapping[str, date], today: date) -> Card:
    since = to_paris(line.stage_since).date()
    return Card(
        url=f"/dossiers/{line.id}",
        reference=line.reference,
        structure=line.carried_by,
        titre=line.titre or "Projet sans titre",
        days=(today - since).days,
        montant=line.montant_accorde or line.montant_demande,
        lieu=place(line),
        referent=Avatar(nom=line.referent) if line.referent else None,
        late="Sans mouvement depuis longtemps" if is_late(limits, line.stage, since) else "",
    )


def _empty(narrowing: Narrowing, pipeline: Pipeline) -> EmptyState:
    if narrowing.narrows:
        return EmptyState(
            title="Aucun dossier ne correspond",
            text="Élargissez la période, ou retirez un filtre.",
            icon="recherche",
            action=Link(label="Tout afficher", url=f"{PATH}?dispositif={pipeline.key}"),
        )
    return EmptyState(
        title="Aucun dossier pour l'instant",
        text="Un dossier commence par une prise de contact : un nom, un moyen de rappeler.",
        action=Link(label="Nouveau contact", url=f"/dossiers/nouveau?dispositif={pipeline.key}"),
    )
