"""The page of a dossier, put together from its row, its offers, its sheets and its journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from api.presentation.actions import action_views
from api.presentation.carriers import porteur_contact, structure_line
from api.presentation.consultation_card import consultation_card
from api.presentation.dossier_forms import (
    Looking,
    appointment_form,
    link_form,
    note_form,
    referent_form,
)
from api.presentation.drafts import at_hand
from api.presentation.fields import Asking
from api.presentation.heard import heard_at
from api.presentation.interventions import dossier_time
from api.presentation.path import path_of
from api.presentation.pieces import pieces_section
from api.presentation.plan import plan_section
from api.presentation.set_aside import set_aside
from api.presentation.sheets import sheet_views
from api.presentation.stages import badge
from api.presentation.taches import dossier_tasks
from api.presentation.tags import tags_section
from api.presentation.timeline import timeline_of
from api.views.dossier import DossierPage, EcheanceLine, LinkedDossier, Note, RendezVousLine
from api.views.stages import Avatar
from grants.dossiers import queries
from grants.dossiers.brouillons.service import drafts_of
from grants.dossiers.filters import is_late, late_before
from grants.dossiers.reading import KIND, read_subject, situation_of
from grants.organisation.identity import Identity
from grants.organisation.queries import Customs
from workflow.dates import to_paris
from workflow.engine import Engine, Offer
from workflow.journal_reading import lines_of
from workflow.parameters import parameters_in_force
from workflow.pipeline import Pipeline
from workflow.subject import Subject


def dossier_page(
    connection: Connection,
    engine: Engine,
    identity: Identity,
    dossier_id: int,
    now: datetime,
    looking: Looking | None = None,
) -> DossierPage:
    """Everything that the page shows. Raises NotFound."""
    drafts = drafts_of(connection, identity, dossier_id, now)
    looking = replace(looking or Looking(), drafts=drafts)
    subject = read_subject(connection, engine, identity.organisme_id, dossier_id, lock=False)
    machine = engine.machine(subject)
    pipeline, row = machine.pipeline, subject.row
    around = queries.around(connection, row)
    lines = lines_of(connection, KIND, subject.id)
    letters = queries.letters_by_seq(connection, subject.id)
    offers = _offers(connection, engine, subject, identity, now)
    asking = Asking(connection, engine, identity.organisme_id)
    since, today = to_paris(subject.stage_since).date(), to_paris(now).date()
    address = f"/dossiers/{subject.id}"
    view = DossierPage(
        reference=row["reference"],
        titre=row["titre"] or "Projet sans titre",
        pipeline=pipeline.label,
        stage=badge(pipeline, subject.stage),
        since=since,
        days=(today - since).days,
        public_label=pipeline.stage(subject.stage).public_label or "",
        **_people(connection, identity, around, address),
        path=path_of(pipeline, subject, lines),
        actions=action_views(asking, subject, offers, identity, looking.resumed, drafts),
        sheets=sheet_views(asking, pipeline, subject, identity, looking.edited, drafts),
        timeline=timeline_of(engine, machine, lines, letters, looking.moves_only, address),
        **_links(pipeline, subject),
        at_hand=at_hand(connection, identity, subject, lines, now),
    )
    view = replace(view, **_amounts(engine, pipeline, subject, since, today))
    view = replace(view, **_aside(asking, pipeline, subject, identity, looking, now))
    return replace(view, **_coming_back(asking, pipeline, looking, view))


def _offers(
    connection: Connection, engine: Engine, subject: Subject, identity: Identity, now: datetime
) -> tuple[Offer, ...]:
    """What may be done here, and every reason against the rest."""
    facts = engine.facts_needed(subject)
    return engine.actions(situation_of(connection, engine, subject, identity, now, facts))


def _people(
    connection: Connection, identity: Identity, around: queries.Around, address: str
) -> dict[str, Any]:
    """Whose project it is, for which structure, in whose charge."""
    edit = f"{address}/porteur" if identity.may_write else None
    return {
        "structure": structure_line(around.structure, edit),
        "porteur": porteur_contact(connection, identity, around.porteur, edit, address),
        "referent": Avatar(nom=around.referent) if around.referent else None,
    }


def _links(pipeline: Pipeline, subject: Subject) -> dict[str, Any]:
    """Where the page leads to."""
    return {
        "prestataires_url": _prestataires_url(pipeline, subject),
        "diagram_url": f"/dispositifs/{pipeline.key}?dossier={subject.id}",
        "back_url": f"/tableau?dispositif={pipeline.key}",
    }


def _prestataires_url(pipeline: Pipeline, subject: Subject) -> str | None:
    """Where a dossier whose sheets ask for skills finds who has them."""
    asks = any(field.key == "domaines" for field in pipeline.every_field())
    return f"/prestataires/dossiers/{subject.id}" if asks else None


def _coming_back(
    asking: Asking, pipeline: Pipeline, looking: Looking, view: DossierPage
) -> dict[str, Any]:
    """What is said of a form that came back: why, and what was typed if it has no place now."""
    kept = set_aside(asking, pipeline, looking, view)
    typed = looking.resumed or any(each and each.typed for each in (looking.edited, looking.plan))
    notice, resumed = looking.notice, looking.resumed
    if resumed is not None and resumed.action not in {each.key for each in view.actions}:
        notice = " ".join(refusal.message for refusal in resumed.reasons)
    conflict = looking.conflict and replace(looking.conflict, kept=bool(typed) and not kept)
    return {"notice": notice, "set_aside": kept, "conflict": conflict}


def _amounts(
    engine: Engine, pipeline: Pipeline, subject: Subject, since: date, today: date
) -> dict[str, Any]:
    """What is asked and granted, under which cap; whether the dossier waits for too long."""
    row = subject.row
    return {
        "montant_demande": row["montant_demande"],
        "montant_accorde": row["montant_accorde"],
        "plafond": row["plafond"],
        "plafond_notice": _cap_notice(engine, pipeline, subject),
        "late": _late(pipeline, subject, since, today),
        "invented": "donnée inventée" if row["origine"] == "donnee_inventee" else "",
    }


def _aside(
    asking: Asking,
    pipeline: Pipeline,
    subject: Subject,
    identity: Identity,
    looking: Looking,
    now: datetime,
) -> dict[str, Any]:
    """What stands beside the dossier: the referent, notes, échéances, appointments, links."""
    connection = asking.connection
    return {
        "referent_form": referent_form(connection, identity, subject, looking),
        "notes": tuple(
            Note(who=Avatar(nom=note["auteur"]), at=note["le"], text=note["texte"])
            for note in queries.notes_of(connection, subject.id)
        ),
        "note_form": note_form(identity, subject, looking),
        "echeances": _echeances(connection, pipeline, subject, now),
        "reminders_url": f"/dossiers/{subject.id}/relances",
        "rendez_vous": _appointments(connection, subject, now),
        "appointment_form": appointment_form(asking, identity, pipeline, subject, looking),
        "tasks": dossier_tasks(_of_a_task(asking, looking), identity, subject.id, now),
        "time": dossier_time(_of_time(asking, looking), identity, subject.id, now),
        "plan": plan_section(asking, pipeline, subject, identity, looking.plan),
        "pieces": pieces_section(connection, pipeline, subject, identity, now, looking.piece),
        "tags": tags_section(connection, identity, subject, looking.tag_text, looking.tag_fault),
        "consultation": consultation_card(connection, asking.engine, identity, subject),
        "heard": heard_at(connection, identity, subject.id),
        "linked": _linked(connection, asking.engine, subject),
        "link_form": link_form(identity, subject, looking),
    }


def _of_time(asking: Asking, looking: Looking) -> Asking:
    """The questions of an intervention, with what came back."""
    return replace(asking, scope="temps", typed=looking.time_typed, faults=looking.time_faults)


def _of_a_task(asking: Asking, looking: Looking) -> Asking:
    """The questions of a tâche, with what came back."""
    return Asking(
        asking.connection,
        asking.engine,
        asking.organisme_id,
        scope="tache",
        typed=looking.tache_typed,
        faults=looking.tache_faults,
    )


def _cap_notice(engine: Engine, pipeline: Pipeline, subject: Subject) -> str:
    if subject.row["plafond"] is None:
        return ""
    types = engine.vocabulary.field_types
    parameters = parameters_in_force(pipeline, subject.row["parametres"], types)
    if parameters.get("base_du_plafond") == "cout_total":
        return "sur le coût total"
    return "sur l’aide"


def _late(pipeline: Pipeline, subject: Subject, since: date, today: date) -> str:
    customs = Customs(subject.row["territoire"], subject.row["parametres"])
    limits = late_before(pipeline, today, customs)
    if not is_late(limits, subject.stage, since):
        return ""
    delay = pipeline.idle_after(pipeline.stage(subject.stage), customs.own(pipeline.key))
    return f"Sans mouvement depuis plus de {delay}"


def _echeances(
    connection: Connection, pipeline: Pipeline, subject: Subject, now: datetime
) -> tuple[EcheanceLine, ...]:
    rows = queries.open_echeances_of(connection, subject.id)
    return tuple(_echeance(pipeline, subject, row, now) for row in rows)


def _echeance(
    pipeline: Pipeline, subject: Subject, row: Mapping[str, Any], now: datetime
) -> EcheanceLine:
    rules = {rule.key: rule for rule in pipeline.stage(subject.stage).reminders}
    rule, action = rules.get(row["rule"]), pipeline.action(row["rule"])
    at = to_paris(row["due_at"]).date()
    state = "en_retard" if row["due_at"] < now else "prevue"
    if row["state"] == "suspendue":
        state = "en_pause"
    if rule is None:
        label = f"{action.label} (par le logiciel)" if action else row["rule"]
        return EcheanceLine(label=label, at=at, state=state)
    if rule.task:
        return EcheanceLine(
            label=rule.task, at=at, why=rule.label, to="pour le référent", state=state
        )
    return EcheanceLine(label=rule.label, at=at, to="e-mail au porteur", state=state)


def _appointments(
    connection: Connection, subject: Subject, now: datetime
) -> tuple[RendezVousLine, ...]:
    rows = queries.appointments_of(connection, subject.id)
    return tuple(
        RendezVousLine(
            at=row["le"], title="Rendez-vous d'accueil", lieu=row["lieu"], past=row["le"] < now
        )
        for row in rows
    )


def _linked(connection: Connection, engine: Engine, subject: Subject) -> tuple[LinkedDossier, ...]:
    lines: list[LinkedDossier] = []
    for each in queries.linked_to(connection, subject.id):
        pipeline = engine.catalogue.machine(each.pipeline, each.pipeline_version).pipeline
        follow = "A donné lieu à" if each.opened_from_this else "Issu de"
        lines.append(
            LinkedDossier(
                url=f"/dossiers/{each.id}",
                reference=each.reference,
                titre=each.titre or "Projet sans titre",
                pipeline=pipeline.label,
                stage=badge(pipeline, each.stage),
                relation=follow if each.nature == "suite" else "Lié à",
            )
        )
    return tuple(lines)
