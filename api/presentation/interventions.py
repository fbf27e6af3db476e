"""Interventions as pages show them: the line that notes one, a week, one of them as a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from api.forms import new_key
from api.presentation.fields import Asking, question, questions
from api.views.chrome import Link
from api.views.dossier import DossierTime, SmallForm
from api.views.fields import Choice as Option
from api.views.fields import FaultySummary, FieldGroup, FieldView
from api.views.forms import FormView
from api.views.interventions import (
    DayView,
    InterventionLine,
    InterventionPage,
    QuickLine,
    TotalView,
    WeekPage,
)
from api.views.listing import Tab
from grants.interventions.durees import format_duration
from grants.interventions.fields import (
    DOSSIER_FIELDS,
    NATURES,
    STRUCTURE,
    dispositifs_of,
    intervention_fields,
)
from grants.interventions.queries import (
    DAYS_OF_A_WEEK,
    Kept,
    Line,
    Total,
    last_noted,
    page_of,
    those_who_noted,
    total_of,
    week_of,
)
from grants.interventions.structures import proposed_names
from grants.organisation.identity import Identity
from grants.organisation.vocabulary import collegue_choices
from grants.structures.vocabulary import structure_label
from workflow.dates import format_date, to_paris
from workflow.field_contract import Raw

HOME, LIST = "/interventions", "/interventions/liste"
SCOPE = "intervention"
_FIRST = ("structure", "duree", "nature", "le", "km", "dispositif")
_LATEST = 3
_DAYS = ("Lundi", "Mardi", "Mercredi", "Jeudi", "Vendredi", "Samedi", "Dimanche")


def tabs(present: str) -> tuple[Tab, ...]:
    """The week, and the list."""
    return (
        Tab(label="Semaine", url=HOME, present=present == HOME),
        Tab(label="Liste et export", url=LIST, present=present == LIST),
    )


def line_view(line: Line, labels: Mapping[str, str], *, writes: bool) -> InterventionLine:
    """One intervention, in words."""
    dossier = None
    if line.dossier_id is not None:
        dossier = Link(label=line.reference or "", url=f"/dossiers/{line.dossier_id}")
    return InterventionLine(
        about=line.structure or f"Dossier {line.reference}",
        about_url=f"/structures/{line.structure_id}" if line.structure_id else None,
        nature=NATURES.get(line.nature, line.nature),
        dispositif=labels.get(line.dispositif, line.dispositif),
        le=line.le,
        duree=format_duration(line.minutes),
        km=line.km,
        qui=line.qui,
        dossier=dossier,
        note=line.note or "",
        edit_url=f"{HOME}/{line.id}" if writes else None,
    )


def total_view(total: Total) -> TotalView:
    """A total, in words."""
    return TotalView(
        nombre=total.nombre,
        duree=format_duration(total.minutes),
        km=total.km,
        structures=total.structures,
    )


def week_page(
    asking: Asking,
    identity: Identity,
    qui: int | None,
    monday: date,
    now: datetime,
    day: date | None = None,
) -> WeekPage:
    """A week of somebody, and the line that notes one's own time; `asking` carries what came back.

    `day`: the one that was chosen in the week, proposed to the line.
    """
    connection, organisme_id = asking.connection, asking.organisme_id
    people = _people(asking, identity)
    whose = qui if qui in dict(people) else identity.compte_id or 0
    lines = week_of(connection, organisme_id, whose, monday)
    today = to_paris(now).date()
    here, week = monday_of(today), timedelta(days=DAYS_OF_A_WEEK)
    sunday = monday + week - timedelta(days=1)
    total = total_of(connection, organisme_id, Kept(qui=whose, du=monday, au=sunday))
    own = whose == identity.compte_id
    return WeekPage(
        tabs=tabs(HOME),
        title=f"Semaine du {format_date(monday)}",
        days=_days(asking, lines, monday, today, writes=identity.may_write, own=own),
        total=total_view(total),
        previous_url=_week_url(whose, monday - week, identity),
        next_url=_week_url(whose, monday + week, identity) if monday < here else None,
        this_week_url=_week_url(whose, here, identity) if monday != here else None,
        colleagues=_colleagues(people, whose),
        monday=monday,
        quick=quick_line(asking, identity, now, day) if identity.may_write else None,
    )


def quick_line(
    asking: Asking, identity: Identity, now: datetime, day: date | None = None
) -> QuickLine:
    """The line that notes an intervention; the last one's answers are proposed again."""
    known = {**_proposed(asking, identity, now), **({"le": day} if day else {})}
    shown = {each.key: each for each in intervention_fields(asking.engine)}
    first = tuple(_short(asking, shown[key], known) for key in _FIRST)
    more = tuple(_short(asking, shown[key], known) for key in ("dossier", "note", "qui"))
    return QuickLine(
        url=HOME,
        fields=(replace(first[0], focus=not asking.faults), *first[1:]),
        more=more,
        idempotency_key=new_key(),
        faults=FaultySummary.of(FieldGroup(fields=(*first, *more))),
        open=any(each.error or (asking.typed and each.value) for each in more),
    )


def intervention_page(
    asking: Asking,
    row: Mapping[str, Any],
    line: Line,
    *,
    version: int | None = None,
    conflict: str = "",
) -> InterventionPage:
    """One intervention as a form; `asking` carries what came back."""
    known = {
        "structure": row["structure_id"],
        "dispositif": row["dispositif"],
        "nature": row["nature"],
        "le": row["le"],
        "duree": row["minutes"],
        "km": row["km"] or None,
        "dossier": line.reference,
        "note": row["note"],
    }
    fields = tuple(
        _short(asking, each, known, keeps_help=True)
        for each in intervention_fields(asking.engine, changing=True)
    )
    back = week_of_line(line)
    return InterventionPage(
        title=f"{NATURES.get(line.nature, line.nature)} du {format_date(line.le)}",
        told=f"Temps de {line.qui}.",
        form=FormView(
            url=f"{HOME}/{line.id}/corriger",
            groups=(FieldGroup(fields=fields),),
            submit="Enregistrer",
            cancel_url=back,
            lock_version=row["seq"] if version is None else version,
            conflict=conflict,
        ),
        back=Link(label="Interventions", url=back),
        remove_url=f"{HOME}/{line.id}/retirer",
        version=row["seq"],
    )


def dossier_time(asking: Asking, identity: Identity, dossier_id: int, now: datetime) -> DossierTime:
    """The time spent on a dossier; `asking` carries the form that came back, if one did."""
    kept = Kept(dossier=dossier_id)
    page = page_of(asking.connection, asking.organisme_id, kept, size=_LATEST)
    labels, writes = dispositifs_of(asking.engine), identity.may_write
    form = None
    if writes:
        proposed = {"le": to_paris(now).date(), "qui": identity.compte_id, "nature": "entretien"}
        form = SmallForm(
            url=f"/dossiers/{dossier_id}/interventions",
            title="Noter une intervention",
            button="Noter l’intervention",
            fields=questions(asking, DOSSIER_FIELDS, proposed),
            idempotency_key=new_key(),
            open=bool(asking.faults),
        )
    return DossierTime(
        total=total_view(total_of(asking.connection, asking.organisme_id, kept)),
        lines=tuple(line_view(each, labels, writes=writes) for each in page.lines),
        all_url=f"{LIST}?{urlencode({'dossier': dossier_id})}",
        form=form,
    )


def week_of_line(line: Line, *, again: bool = False) -> str:
    """Where an intervention stands in the weeks of whoever it is; `again`: its day is proposed."""
    asked = {"qui": line.compte_id, "semaine": monday_of(line.le), "le": line.le}
    return f"{HOME}?{urlencode({key: asked[key] for key in asked if again or key != 'le'})}"


def monday_of(day: date) -> date:
    """The first day of a week."""
    return day - timedelta(days=day.weekday())


def _short(
    asking: Asking, spec: Any, known: Mapping[str, Any], *, keeps_help: bool = False
) -> FieldView:
    if spec.key == STRUCTURE.key:
        return _structure(asking, known.get(spec.key), keeps_help=keeps_help)
    view = question(asking, spec, known.get(spec.key))
    if spec.key == "duree":
        return replace(view, placeholder="1h30", help="", narrow=True)
    return view if keeps_help else replace(view, help="")


def _structure(asking: Asking, value: Any, *, keeps_help: bool) -> FieldView:
    """The structure as a text to type, whose names are proposed."""
    typed: Raw = asking.typed.get(STRUCTURE.key) if asking.typed is not None else None
    if asking.typed is None and value is not None:
        typed = structure_label(asking.connection, asking.organisme_id, value)
    return FieldView(
        name=STRUCTURE.key,
        label=STRUCTURE.label,
        value=typed if isinstance(typed, str) else "",
        placeholder="Nom ou SIRET",
        help=STRUCTURE.help if keeps_help else "",
        error=asking.faults.get(STRUCTURE.key, ""),
        longest=200,
        suggestions=proposed_names(asking.connection, asking.organisme_id),
        scope=asking.scope,
    )


def _proposed(asking: Asking, identity: Identity, now: datetime) -> dict[str, Any]:
    """Today, and what was noted last: several interventions on one structure follow on."""
    today = to_paris(now).date()
    found = {"le": today, "qui": identity.compte_id}
    last = last_noted(asking.connection, asking.organisme_id, identity.compte_id or 0)
    if last is None:
        return found
    kept = {"nature": last["nature"], "dispositif": last["dispositif"]}
    return {**found, **kept, "structure": last["structure_id"]}


def _people(asking: Asking, identity: Identity) -> list[tuple[int, str]]:
    """Whose weeks may be looked at: the colleagues, and those who left some time."""
    organisme_id = asking.organisme_id
    found = dict(those_who_noted(asking.connection, organisme_id))
    found |= dict(collegue_choices(asking.connection, organisme_id))
    if identity.compte_id is not None:
        found.setdefault(identity.compte_id, identity.nom)
    return sorted(found.items(), key=lambda each: each[1])


def _colleagues(people: Sequence[tuple[int, str]], whose: int) -> FieldView:
    return FieldView(
        name="qui",
        label="De qui",
        type="personne",
        value=str(whose),
        choices=tuple(Option(value=str(id), label=nom) for id, nom in people),
        scope="semaine",
    )


def _days(
    asking: Asking,
    lines: Sequence[Line],
    monday: date,
    today: date,
    *,
    writes: bool,
    own: bool,
) -> tuple[DayView, ...]:
    labels = dispositifs_of(asking.engine)
    by_day = {day: list(found) for day, found in groupby(lines, key=lambda line: line.le)}
    found = []
    for rank in range(DAYS_OF_A_WEEK):
        day = monday + timedelta(days=rank)
        here = by_day.get(day, [])
        asked = urlencode({"le": day, "semaine": monday})
        found.append(
            DayView(
                label=f"{_DAYS[rank]} {format_date(day).rsplit(' ', 1)[0]}",
                lines=tuple(line_view(each, labels, writes=writes) for each in here),
                duree=format_duration(sum(each.minutes for each in here)),
                km=sum(each.km for each in here),
                today=day == today,
                add_url=f"{HOME}?{asked}" if writes and own and day <= today else None,
            )
        )
    return tuple(found)


def _week_url(whose: int, monday: date, identity: Identity) -> str:
    asked = {} if whose == identity.compte_id else {"qui": whose}
    return f"{HOME}?{urlencode({**asked, 'semaine': monday})}"
