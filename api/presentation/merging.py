"""Merging two structures: the choice of the other one, the comparison, the merges made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from api.forms import new_key
from api.presentation.structure_list import LIST
from api.views.chrome import Link
from api.views.merging import (
    Answer,
    ChoosePage,
    ComparePage,
    Differing,
    MergeLine,
    Side,
)
from api.views.nouveau import StructureProche
from api.visit import Visit
from grants.dossiers.gathered import counts_by_structure, dossiers_of_structure
from grants.dossiers.pieces.queries import files_of
from grants.fusions.fiches import Difference, differences
from grants.fusions.moved import pieces_of_structure
from grants.fusions.queries import merges_into, what_depends
from grants.structures.alike import Alike, find_alike
from grants.structures.contacts import contacts_of
from grants.structures.queries import StructureFilters, structures_page
from workflow.dates import format_datetime
from workflow.engine import Engine
from workflow.reference_fields import show_siret

KEPT, OTHER, OTHER_VERSION = "garder", "avec", "autre_version"
_MOST_FOUND = 20
_EMPTY = "(rien)"


def choose_page(
    connection: Connection, visit: Visit, row: Mapping[str, Any], text: str
) -> ChoosePage:
    """The other structures that may be the same one, then those that a search finds."""
    organisme_id = visit.identity.organisme_id
    suggested = duplicates_of(connection, organisme_id, row)
    lines = ()
    if text:
        filters = StructureFilters(text=text)
        lines = structures_page(connection, organisme_id, filters, size=_MOST_FOUND).lines
    found = [
        Alike(line.id, line.nom, line.commune, line.siret, line.rna, "")
        for line in lines
        if line.id != row["id"]
    ]
    counts = counts_by_structure(
        connection, organisme_id, [each.id for each in (*suggested, *found)]
    )
    url = f"{LIST}/{row['id']}/fusionner"
    return ChoosePage(
        title=f"Fusionner {row['nom']}",
        back=Link(label=row["nom"], url=f"{LIST}/{row['id']}"),
        url=url,
        text=text,
        suggested=tuple(_near(each, url, counts) for each in suggested),
        found=tuple(_near(each, url, counts) for each in found),
        searched=bool(text),
    )


def compare_page(
    connection: Connection,
    engine: Engine,
    rows: tuple[Mapping[str, Any], Mapping[str, Any]],
    typed: Mapping[str, Any] | None = None,
    faults: Mapping[str, str] | None = None,
    conflict: str = "",
) -> ComparePage:
    """The two structures side by side; the first one is the one whose page led here."""
    one, two = rows
    kept = kept_of(connection, rows, typed or {})
    found = differences(one, two)
    return ComparePage(
        title="Fusionner deux structures",
        back=Link(label=one["nom"], url=f"{LIST}/{one['id']}"),
        url=f"{LIST}/{one['id']}/fusionner",
        sides=(side_of(connection, one), side_of(connection, two)),
        kept=kept,
        differing=tuple(
            _differing(engine, each, kept, typed or {}, faults or {}) for each in found
        ),
        lock_version=one["seq"],
        other_version=two["seq"],
        idempotency_key=new_key(),
        conflict=conflict,
    )


def merge_lines(connection: Connection, visit: Visit, structure_id: int) -> tuple[MergeLine, ...]:
    """The merges that a structure was kept by, each with what takes it back or why nothing can."""
    organisme_id = visit.identity.organisme_id
    lines: list[MergeLine] = []
    for each in merges_into(connection, organisme_id, structure_id):
        reasons = what_depends(connection, organisme_id, each)
        may = visit.identity.may_write and not reasons
        lines.append(
            MergeLine(
                text=f"« {each.absorbed} », le {format_datetime(each.at)}, par {each.by}",
                undo_url=f"{LIST}/{structure_id}/fusions/{each.id}/annuler" if may else None,
                reasons=reasons,
            )
        )
    return tuple(lines)


def duplicates_of(connection: Connection, organisme_id: int, row: Mapping[str, Any]) -> list[Alike]:
    """The structures that may be this one recorded twice."""
    return find_alike(
        connection,
        organisme_id,
        nom=row["nom"],
        siret=row["siret"],
        rna=row["rna"],
        email=row["email"],
        apart_from=row["id"],
    )


def kept_of(
    connection: Connection, rows: Sequence[Mapping[str, Any]], typed: Mapping[str, Any]
) -> int:
    """The one chosen, else the one that has most dossiers, else the older one."""
    ids = [row["id"] for row in rows]
    for id in ids:
        if typed.get(KEPT) == str(id):
            return id
    counts = counts_by_structure(connection, rows[0]["organisme_id"], ids)
    return min(ids, key=lambda id: (-counts.get(id, 0), id))


def side_of(connection: Connection, row: Mapping[str, Any]) -> Side:
    """One of the two structures, with what would follow it."""
    id, organisme_id = row["id"], row["organisme_id"]
    dossiers = dossiers_of_structure(connection, organisme_id, id)
    pieces = pieces_of_structure(connection, id)
    files = files_of(connection, organisme_id, [each["id"] for each in pieces])
    named = [each for each in pieces if files.get(each["id"])]
    return Side(
        id=id,
        nom=row["nom"],
        url=f"{LIST}/{id}",
        dossiers=tuple(
            Link(label=f"{each.reference} {each.titre}".strip(), url=f"/dossiers/{each.id}")
            for each in dossiers
        ),
        contacts=tuple(each.nom for each in contacts_of(connection, id)),
        pieces=tuple(file["nom"] for each in named for file in files[each["id"]]),
    )


def _differing(
    engine: Engine,
    difference: Difference,
    kept: int,
    typed: Mapping[str, Any],
    faults: Mapping[str, str],
) -> Differing:
    field = difference.field
    kind = engine.vocabulary.field_types[field.type]
    told = typed.get(field.key) or str(difference.default(kept) or "")
    return Differing(
        name=field.key,
        label=field.label,
        answers=tuple(
            Answer(
                id=id,
                text=kind.display(value, field) if value not in (None, "") else _EMPTY,
                chosen=told == str(id),
            )
            for id, value in difference.values.items()
        ),
        conflict=difference.is_conflict,
        error=faults.get(field.key, ""),
    )


def _near(each: Alike, url: str, counts: Mapping[int, int]) -> StructureProche:
    return StructureProche(
        id=str(each.id),
        nom=each.nom,
        why=each.why,
        commune=each.commune or "",
        siret=show_siret(each.siret) if each.siret else "",
        rna=each.rna or "",
        dossiers=counts.get(each.id, 0),
        url=f"{url}?avec={each.id}",
    )
