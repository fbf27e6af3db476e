"""The list of structures: what narrows it, its rows, and what to say where there are none."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import Connection

from api.views.chrome import Link
from api.views.fields import Choice, FieldView
from api.views.liste import Paging
from api.views.listing import Chip, EmptyState, FilterBar
from api.views.structures import StructureRow, StructuresPage
from api.visit import Visit
from grants.dossiers.gathered import counts_by_structure
from grants.structures.departements import departement_name
from grants.structures.nomenclature import SECTEURS, nomenclature_label
from grants.structures.queries import (
    LONGEST_SEARCH,
    Place,
    StructureFilters,
    StructureLine,
    count_structures,
    departements_of_structures,
    structures_page,
)
from workflow.reference_fields import show_siret

LIST = "/structures"
NEW = "/structures/nouvelle"


@dataclass(frozen=True, slots=True)
class Searched:
    """What the address of the list asks for."""

    filters: StructureFilters
    place: Place | None = None


def list_page(connection: Connection, visit: Visit, searched: Searched) -> StructuresPage:
    """The structures that the filters keep."""
    organisme_id = visit.identity.organisme_id
    found = structures_page(connection, organisme_id, searched.filters, searched.place)
    counts = counts_by_structure(connection, organisme_id, [line.id for line in found.lines])
    count = count_structures(connection, organisme_id, searched.filters)
    new_url = NEW if visit.identity.may_write else None
    return StructuresPage(
        filters=_filter_bar(connection, organisme_id, searched.filters),
        rows=tuple(_row(line, counts.get(line.id, 0)) for line in found.lines),
        count=count,
        paging=Paging(
            previous_url=_address(searched.filters, avant=found.previous),
            next_url=_address(searched.filters, apres=found.next),
        ),
        new_url=new_url,
        empty=None if found.lines else _nothing(searched.filters, new_url),
    )


def _row(line: StructureLine, dossiers: int) -> StructureRow:
    return StructureRow(
        url=f"{LIST}/{line.id}",
        nom=line.nom,
        forme=nomenclature_label(line.forme_juridique),
        secteur=nomenclature_label(line.secteur),
        lieu=_place(line.commune, line.departement),
        numero=show_siret(line.siret) if line.siret else line.rna or "",
        dossiers=dossiers,
    )


def _place(commune: str | None, departement: str | None) -> str:
    if commune and departement:
        return f"{commune} ({departement})"
    return commune or departement_name(departement)


def _filter_bar(connection: Connection, organisme_id: int, filters: StructureFilters) -> FilterBar:
    places = departements_of_structures(connection, organisme_id)
    fields = (
        FieldView(
            name="q",
            label="Rechercher",
            type="recherche",
            value=filters.text,
            placeholder="Nom, commune ou SIRET",
            longest=LONGEST_SEARCH,
            scope="filtre",
        ),
        FieldView(
            name="departement",
            label="Département",
            type="choix",
            value=filters.departement or "",
            choices=tuple(Choice(value=each, label=departement_name(each)) for each in places),
            placeholder="Tous",
            scope="filtre",
        ),
        FieldView(
            name="secteur",
            label="Secteur",
            type="choix",
            value=filters.secteur or "",
            choices=tuple(Choice(value=each.key, label=each.label) for each in SECTEURS),
            placeholder="Tous",
            scope="filtre",
        ),
    )
    chips = tuple(_chips(filters))
    return FilterBar(url=LIST, fields=fields, chips=chips, reset_url=LIST if chips else None)


def _chips(filters: StructureFilters) -> list[Chip]:
    labels = {
        "q": f"« {filters.text} »" if filters.text else "",
        "departement": departement_name(filters.departement),
        "secteur": nomenclature_label(filters.secteur),
    }
    return [
        Chip(label=label, remove_url=_address(filters, without=name) or LIST)
        for name, label in labels.items()
        if label
    ]


def _address(
    filters: StructureFilters,
    *,
    avant: Place | None = None,
    apres: Place | None = None,
    without: str | None = None,
) -> str | None:
    """The address of a neighbouring page, or of the list without one of its filters."""
    if not (avant or apres or without):
        return None
    pairs = {
        "q": filters.text,
        "departement": filters.departement,
        "secteur": filters.secteur,
        "avant": avant.id if avant else None,
        "apres": apres.id if apres else None,
    }
    kept = {key: value for key, value in pairs.items() if value and key != without}
    return f"{LIST}?{urlencode(kept)}" if kept else LIST


def _nothing(filters: StructureFilters, new_url: str | None) -> EmptyState:
    add = Link(label="Enregistrer une structure", url=new_url) if new_url else None
    if filters == StructureFilters():
        return EmptyState(
            title="Aucune structure pour l'instant",
            text="Une structure s'enregistre ici, ou avec le premier contact d'un porteur.",
            icon="structures",
            action=add,
        )
    return EmptyState(
        title="Aucune structure ne correspond",
        text="Essayez un seul mot du nom, la commune, ou les premiers chiffres du SIRET.",
        icon="recherche",
        action=Link(label="Voir toutes les structures", url=LIST),
        other=add,
    )
