"""The members of the association, as their pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from api.forms import new_key
from api.presentation.fields import Asking, questions
from api.presentation.ledgers import among, story_of
from api.views.adherents import AdherentPage, AdherentRow, AdherentsPage, FeeRow
from api.views.chrome import Link
from api.views.dossier import SmallForm
from api.views.fields import Choice, FieldGroup, FieldView
from api.views.forms import FormPage, FormView
from api.views.listing import Chip, EmptyState, FilterBar
from api.views.sheets import Entry
from api.visit import Visit
from grants.adherents.fiche import ADHERENT_FIELDS, COTISATION_FIELDS, NATURES_IAE
from grants.adherents.queries import (
    AdherentFilters,
    AdherentLine,
    adherents_of,
    fees_of,
    read_adherent,
)
from grants.adherents.service import ADHERENTS
from workflow.dates import DateFault, format_date, parse_date, to_paris

LIST, NEW = "/adherents", "/adherents/nouveau"
_BACK, _STRUCTURES = Link(label="Adhérents", url=LIST), Link(label="Structures", url="/structures")
_KINDS = {"oui": "Structures de l’insertion", "non": "Autres adhérents"}
_YEAR_DIGITS = 4


def filters_of(query: Mapping[str, str], today: date) -> AdherentFilters:
    """What an address asks for, today's members if nothing; what cannot be read is left out."""
    try:
        day = parse_date(query.get("le", "")) if query.get("le") else today
    except DateFault:
        day = today
    unpaid, kind = query.get("impayes", ""), query.get("iae")
    is_year = len(unpaid) == _YEAR_DIGITS and unpaid.isascii() and unpaid.isdigit()
    return AdherentFilters(
        du=day,
        au=day,
        iae=kind == "oui" if kind in _KINDS else None,
        impayes=int(unpaid) if is_year else None,
    )


def members_page(asking: Asking, visit: Visit, filters: AdherentFilters) -> AdherentsPage:
    """Those that the filters keep, by name."""
    today = to_paris(visit.now).date()
    lines = adherents_of(asking.connection, asking.organisme_id, filters, today.year)
    pairs = _pairs(filters, today)
    ending = f"?{urlencode(pairs)}" if pairs else ""
    new_url = NEW if visit.identity.may_write else None
    return AdherentsPage(
        filters=_bar(filters, pairs, today),
        year=filters.impayes or today.year,
        rows=tuple(map(_row, lines)),
        iae=sum(line.nature_iae is not None for line in lines),
        reste=sum((line.due or 0) - (line.payee or 0) for line in lines if line.owes),
        export_url=f"{LIST}/export.xlsx{ending}",
        csv_url=f"{LIST}/export.csv{ending}",
        back=_STRUCTURES,
        new_url=new_url,
        empty=None if lines else _nothing(new_url, narrowed=bool(pairs)),
    )


def kind_of(line: AdherentLine) -> str:
    """« ACI, atelier et chantier d’insertion », or nothing."""
    return NATURES_IAE.get(line.nature_iae or "", line.nature_iae or "")


def _row(line: AdherentLine) -> AdherentRow:
    detail = (kind_of(line).partition(", ")[0], line.college or "")
    until = f" au {format_date(line.fin)}" if line.fin else ""
    return AdherentRow(
        url=f"{LIST}/{line.id}",
        nom=line.nom,
        detail=" · ".join(filter(None, detail)),
        depuis=f"{'Du' if until else 'Depuis le'} {format_date(line.debut)}{until}",
        due=line.due,
        payee=line.payee,
        owes=line.owes,
    )


def _pairs(filters: AdherentFilters, today: date) -> dict[str, str]:
    told = {
        "le": f"{filters.du}" if filters.du and filters.du != today else "",
        "iae": "" if filters.iae is None else "oui" if filters.iae else "non",
        "impayes": f"{filters.impayes or ''}",
    }
    return {key: value for key, value in told.items() if value}


def _bar(filters: AdherentFilters, pairs: Mapping[str, str], today: date) -> FilterBar:
    years = (today.year, today.year - 1, today.year - 2)
    fields = (
        FieldView(name="le", label="Adhérents le", type="date", value=f"{filters.du}"),
        _choice("iae", "Insertion", pairs, _KINDS),
        _choice("impayes", "Restent à payer", pairs, {f"{year}": f"{year}" for year in years}),
    )
    told = {
        "le": f"le {format_date(filters.du)}" if filters.du else "",
        "iae": _KINDS.get(pairs.get("iae", ""), ""),
        "impayes": f"Cotisation {filters.impayes} à payer",
    }
    chips = tuple(Chip(label=told[key], remove_url=_without(pairs, key)) for key in pairs)
    return FilterBar(url=LIST, fields=fields, chips=chips, reset_url=LIST if chips else None)


def _choice(
    name: str, label: str, pairs: Mapping[str, str], choices: Mapping[str, str]
) -> FieldView:
    return FieldView(
        name=name,
        label=label,
        type="choix",
        value=pairs.get(name, ""),
        choices=tuple(Choice(value=key, label=each) for key, each in choices.items()),
        placeholder="Tous",
        scope="filtre",
    )


def _without(pairs: Mapping[str, str], name: str) -> str:
    kept = {key: value for key, value in pairs.items() if key != name}
    return f"{LIST}?{urlencode(kept)}" if kept else LIST


def _nothing(new_url: str | None, *, narrowed: bool) -> EmptyState:
    if narrowed:
        return EmptyState(
            title="Aucun adhérent ne correspond",
            text="Retirez un filtre, ou changez de date.",
            icon="recherche",
            action=Link(label="Voir les adhérents d’aujourd’hui", url=LIST),
        )
    return EmptyState(
        title="Aucun adhérent pour l’instant",
        text="Les adhérents de l’association, leurs dates, leurs cotisations.",
        icon="personnes",
        action=Link(label="Enregistrer un adhérent", url=new_url) if new_url else None,
    )


def member_page(asking: Asking, visit: Visit, id: int) -> AdherentPage:
    """One member; `asking` carries the fee that came back, if one did. Raises NotFound."""
    place, year = (asking.connection, asking.organisme_id), to_paris(visit.now).year
    line, fees = read_adherent(*place, id, year), fees_of(*place, id)
    form = None
    if visit.identity.may_write:
        form = SmallForm(
            url=f"{LIST}/{id}/cotisations",
            title="Noter une cotisation",
            button="Noter la cotisation",
            fields=questions(asking, COTISATION_FIELDS, {"annee": year}),
            idempotency_key=new_key(),
            open=bool(asking.faults),
        )
    types = asking.engine.vocabulary.field_types
    return AdherentPage(
        nom=line.nom,
        entries=_entries(line),
        fees=tuple(
            FeeRow(annee=f.annee, due=f.due, payee=f.payee, payee_le=f.payee_le) for f in fees
        ),
        timeline=story_of(asking.connection, ADHERENTS, id, among(ADHERENT_FIELDS[2:]), types),
        back=_BACK,
        edit_url=f"{LIST}/{id}/modifier" if visit.identity.may_write else None,
        form=form,
    )


def _entries(line: AdherentLine) -> tuple[Entry, ...]:
    structure = f"/structures/{line.structure_id}" if line.structure_id else None
    return (
        Entry(label="Structure" if structure else "Personne", value=line.nom, url=structure),
        Entry(label="Structure de l’insertion", value=kind_of(line)),
        Entry(label="Collège", value=line.college or ""),
        Entry(label="Adhérent depuis", value=format_date(line.debut)),
        Entry(label="Jusqu’au", value=format_date(line.fin) if line.fin else ""),
    )


def member_form(
    asking: Asking,
    row: Mapping[str, Any] | None,
    today: date,
    *,
    key: str = "",
    version: int | None = None,
    conflict: str = "",
) -> FormPage:
    """A membership as a form; a new one is proposed from today on."""
    url = NEW if row is None else f"{LIST}/{row['id']}/modifier"
    fields = questions(asking, ADHERENT_FIELDS, row or {"debut": today})
    return FormPage(
        title="Nouvel adhérent" if row is None else "Modifier l’adhésion",
        back=_BACK,
        form=FormView(
            url=url,
            groups=(FieldGroup(fields=fields),),
            submit="Enregistrer l’adhérent" if row is None else "Enregistrer",
            cancel_url=LIST if row is None else f"{LIST}/{row['id']}",
            idempotency_key=key,
            lock_version=version,
            conflict=conflict,
        ),
    )
