"""The agenda of a séance: what may be done with it, its dossiers in order, its story."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from api.presentation.fields import questions
from api.presentation.ledgers import among, story_of
from api.presentation.path import path_of
from api.presentation.relances import to_each
from api.presentation.seance_actions import comite_url, seance_actions
from api.presentation.seance_head import AGENDA, Sitting, head_of
from api.presentation.seance_lines import lines_of_agenda
from api.presentation.seance_papers import papers_around
from api.presentation.seances import takes_inscriptions
from api.views.chrome import Link
from api.views.dossier import EcheanceLine, PathStep
from api.views.fields import FieldGroup
from api.views.forms import FormPage, FormView
from api.views.sheets import Entry
from api.views.sitting_pages import AgendaPage
from api.views.timeline import Timeline
from grants.comites.agenda import NOTE_FIELDS
from grants.comites.chain import SEANCES
from grants.comites.reading import KIND
from grants.comites.regles import Regles, fields_of
from grants.comites.seances import SEANCE_FIELDS
from grants.relances.foreseeing import Coming
from grants.relances.foreseeing_sitting import foresee_sitting
from workflow.dates import to_paris
from workflow.echeances import SUSPENDUE
from workflow.errors import NotFound
from workflow.journal_reading import Line, lines_of
from workflow.pipeline import Pipeline

NOTE = "note"
_LATEST = 10


def agenda_page(sitting: Sitting, *, whole: bool = False) -> AgendaPage:
    """The first page of a séance; its `whole` story, or the latest of it."""
    asking, sight = sitting.asking, sitting.sight
    subject, items = sight.subject, sight.items
    pipeline = asking.engine.machine(subject).pipeline
    lines = lines_of(asking.connection, KIND, subject.id)
    before = subject.stage in ("preparation", "convoquee", "ouverte", "reportee")
    last = items[-1] if items else None
    actions = seance_actions(sitting)
    return AgendaPage(
        head=head_of(sitting, AGENDA, *(each.key for each in actions)),
        path=_path(pipeline, path_of(pipeline, subject, lines)),
        actions=actions,
        lines=lines_of_agenda(sitting),
        timeline=_story(sitting, whole=whole),
        takes=takes_inscriptions(subject.row, sitting.visit),
        until=subject.row["cloture_inscriptions"],
        order_url=f"{sitting.url}/ordre" if sitting.may_write and before else None,
        rules=rule_entries(sitting, sight.regles),
        comite=Link(label=subject.row["comite"], url=comite_url(subject)),
        total=sum(each.told["montant_demande"] or 0 for each in items),
        papers=papers_around(sitting),
        echeances=_coming(sitting),
        reminders_url=f"{sitting.url}/relances",
        ends=last.at + timedelta(minutes=last.minutes) if last else None,
    )


def _coming(sitting: Sitting) -> tuple[EcheanceLine, ...]:
    """What will leave by itself, to whom."""
    asking, now = sitting.asking, sitting.visit.now
    found = foresee_sitting(asking.connection, asking.engine, sitting.sight.subject, now)
    return tuple(_line(each, now) for each in found if each.is_open)


def _line(coming: Coming, now: datetime) -> EcheanceLine:
    when, rule = coming.leaves_at or coming.due_at, coming.rule
    held = coming.state == SUSPENDUE
    return EcheanceLine(
        label=rule.task or rule.label,
        at=to_paris(when).date(),
        why=rule.label if rule.task else "",
        to="pour qui prépare la séance" if rule.task else to_each(coming),
        state="en_pause" if held else "en_retard" if coming.due_at < now else "prevue",
    )


def _path(pipeline: Pipeline, steps: tuple[PathStep, ...]) -> tuple[PathStep, ...]:
    """The steps that moves forward lead to, and those that were taken."""
    ahead = {each.to for each in pipeline.actions if each.tone == "avance"} | {pipeline.initial}
    labels = {pipeline.stage(key).label for key in ahead}
    return tuple(each for each in steps if each.at is not None or each.label in labels)


def _story(sitting: Sitting, *, whole: bool) -> Timeline:
    """What happened, the latest first: a séance of thirteen dossiers has two hundred lines."""
    asking, subject = sitting.asking, sitting.sight.subject
    pipeline = asking.engine.machine(subject).pipeline

    references = {each.dossier_id: each.told["reference"] for each in sitting.sight.items}

    def title(line: Line) -> str:
        action = pipeline.action(line.event)
        if action is not None:
            return action.done or action.label
        about = _about(line, references)
        return f"{SEANCES.label(line.event)} : {about}" if about else SEANCES.label(line.event)

    types = asking.engine.vocabulary.field_types
    told = story_of(asking.connection, SEANCES, subject.id, among(SEANCE_FIELDS), types, title)
    if whole or len(told.entries) <= _LATEST:
        return told
    return Timeline(
        entries=told.entries[:_LATEST], older_url=f"{sitting.url}?historique=tout#historique"
    )


def _about(line: Line, references: Mapping[int, str]) -> str:
    """Of which dossier and of whom a line is: « MP-2026-010, Hugo Castelnaudin ». Never a vote."""
    told, nom = line.content, str(line.content.get("nom") or "")
    reference = references.get(told.get("dossier", 0), "")
    return ", ".join(filter(None, (reference, "" if nom == line.actor_name else nom)))


def rule_entries(sitting: Sitting, regles: Regles) -> tuple[Entry, ...]:
    """The rules that a séance follows, in words."""
    types = sitting.asking.engine.vocabulary.field_types
    return tuple(
        Entry(
            label=field.label,
            value=types[field.type].display(getattr(regles, field.key), field),
        )
        for field in fields_of(regles)
    )


def note_form(sitting: Sitting, dossier_id: int) -> FormPage:
    """The chargé's note on a dossier, for the pack. Raises NotFound."""
    item = sitting.sight.item(dossier_id)
    if item is None:
        raise NotFound
    back = Link(label=head_of(sitting, AGENDA).title, url=f"{sitting.url}#dossier-{dossier_id}")
    fields = questions(sitting.ask(NOTE), NOTE_FIELDS, item.passage)
    return FormPage(
        title=item.told["titre"] or "Projet sans titre",
        lead="Ce que les membres liront avant la séance, dans le dossier de séance.",
        back=back,
        form=FormView(
            url=f"{sitting.url}/dossiers/{dossier_id}/note",
            groups=(FieldGroup(fields=fields),),
            submit="Enregistrer",
            cancel_url=back.url,
            conflict=sitting.came.notice,
        ),
    )
