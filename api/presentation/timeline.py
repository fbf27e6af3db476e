"""The story of a dossier from its journal: who did what, from where to where, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from api.presentation.stages import badge
from api.views.listing import Tab
from api.views.sheets import Entry
from api.views.timeline import Change, EntryKind, Timeline, TimelineEntry
from grants.dossiers.appointments import APPOINTMENT_FIELDS
from grants.dossiers.events import FACT_LABELS
from grants.organisation.roles import PIPELINE_ROLES
from notifications.outbox import STATE_LABELS
from workflow.dates import to_paris
from workflow.engine import Engine
from workflow.field_contract import NOT_ANSWERED
from workflow.journal_reading import Line
from workflow.machine import PipelineMachine
from workflow.pipeline import Field

_KINDS: Mapping[str, EntryKind] = {
    "ouverture": "ouverture",
    "fiche_modifiee": "fiche",
    "note_ajoutee": "note",
    "referent_change": "referent",
    "lien_ajoute": "lien",
    **dict.fromkeys(
        (
            "courrier_envoye",
            "courrier_en_echec",
            "courrier_annule",
            "courrier_renvoye",
            "courrier_a_imprimer",
        ),
        "courrier",
    ),
}
_OTHER_LABELS = {
    "reference": "Référence",
    "montant_demande": "Aide demandée",
    "referent": "Référent",
    "lien": "Dossier lié",
    "etiquette": "Étiquette",
    "tache_pour": "Pour",
    "tache_date": "Pour le",
    "porteur": "Porteur",
    "structure": "Structure",
    "piece": "Pièce",
    "fichiers": "Fichiers",
    "date_document": "Date du document",
}
# What these say is words already, whatever fields of the same keys the pipeline has.
_IN_WORDS = frozenset(
    {
        *("porteur_modifie", "structure_rattachee", "referent_change", "lien_ajoute"),
        *("piece_recue", "piece_validee", "piece_a_corriger", "fichier_retire"),
    }
)
_FIXED = {field.key: field for field in APPOINTMENT_FIELDS}
Letters = Mapping[int, Iterable[tuple[str, str]]]


def timeline_of(
    engine: Engine,
    machine: PipelineMachine,
    lines: list[Line],
    letters: Letters,
    moves_only: bool,
    url: str,
) -> Timeline:
    """Every line, or the moves only, newest first."""
    corrected = {line.corrects for line in lines if line.corrects is not None}
    kept = [line for line in lines if not moves_only or line.kind != "fait"]
    moves = sum(line.kind != "fait" for line in lines)
    return Timeline(
        entries=tuple(_entry(engine, machine, line, letters, corrected) for line in kept),
        tabs=(
            Tab(label="Tout", url=f"{url}#historique", present=not moves_only, count=len(lines)),
            Tab(
                label="Mouvements",
                url=f"{url}?journal=mouvements#historique",
                present=moves_only,
                count=moves,
            ),
        ),
    )


def _entry(
    engine: Engine,
    machine: PipelineMachine,
    line: Line,
    letters: Letters,
    corrected: set[int],
) -> TimelineEntry:
    pipeline, content = machine.pipeline, line.content
    moved = line.kind == "mouvement"
    action = pipeline.action(line.event, line.from_stage) if moved else None
    asked = {each.key: each for each in action.fields} if action else {}
    fields = {} if line.event in _IN_WORDS else {**_FIXED, **machine.fields, **asked}
    show = _Shown(engine, fields, content.get("libelles", {}))
    return TimelineEntry(
        at=line.at,
        who=line.actor_name,
        title=_title(engine, machine, line),
        kind="mouvement" if moved else _KINDS.get(line.event, "autre"),
        role=PIPELINE_ROLES.get(line.role, line.role) if line.actor_id else "",
        origin=badge(pipeline, line.from_stage) if moved and line.from_stage else None,
        destination=badge(pipeline, line.to_stage) if line.to_stage else None,
        reason=content.get("motif", ""),
        text=content.get("texte", ""),
        values=show.values(content.get("champs", {})),
        changes=show.changes(content.get("changements", {})),
        letters=tuple(
            f"{title} ({STATE_LABELS.get(s, s)})" for title, s in letters.get(line.seq, ())
        ),
        corrected=line.seq in corrected,
        erased_on=to_paris(line.erased_at).date() if line.erased_at else None,
    )


def _title(engine: Engine, machine: PipelineMachine, line: Line) -> str:
    if line.kind == "mouvement":
        action = machine.pipeline.action(line.event, line.from_stage)
        if action is None:  # no action of this version: what a package recorded by that name
            return engine.vocabulary.events.get(line.event, line.event)
        return action.done or action.label
    if line.event == "fiche_modifiee":
        sheet = machine.pipeline.sheet(line.content.get("fiche", ""))
        return f"{sheet.label} : mise à jour" if sheet else FACT_LABELS["fiche_modifiee"]
    unnamed = line.event.replace("_", " ").capitalize()
    return engine.vocabulary.events.get(line.event, unnamed)


class _Shown:
    """The journal's plain values, written as a person reads them."""

    def __init__(
        self, engine: Engine, fields: Mapping[str, Field], labels: Mapping[str, str]
    ) -> None:
        self._types = engine.vocabulary.field_types
        self._fields = fields
        self._labels = labels

    def values(self, kept: Mapping[str, Any]) -> tuple[Entry, ...]:
        return tuple(
            Entry(label=self._label(key), value=self._value(key, value))
            for key, value in kept.items()
            if value not in (None, "")
        )

    def changes(self, kept: Mapping[str, Any]) -> tuple[Change, ...]:
        return tuple(
            Change(
                label=self._label(key),
                before=self._before(key, pair.get("avant")),
                after=self._value(key, pair.get("apres")),
            )
            for key, pair in kept.items()
        )

    def _label(self, key: str) -> str:
        field = self._fields.get(key)
        return field.label if field else _OTHER_LABELS.get(key, key)

    def _before(self, key: str, value: Any) -> str:
        return "" if value in (None, "") else self._value(key, value, newest=False)

    def _value(self, key: str, value: Any, *, newest: bool = True) -> str:
        if value in (None, ""):
            return NOT_ANSWERED
        if newest and key in self._labels:
            return self._labels[key]
        field = self._fields.get(key)
        if field is None:
            return str(value)
        kind = self._types[field.type]
        return kind.display(kind.load(value), field)
