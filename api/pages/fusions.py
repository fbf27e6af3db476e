"""Structures recorded twice: compared, merged, and taken apart again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.answering import page, redirect
from api.forms import PAPERS, Form, Posted, RowId, key_of, one, only, pressed, version_of
from api.house import house_of
from api.pages.structures import PRESENT, show_structure
from api.presentation.merging import KEPT, OTHER, OTHER_VERSION, choose_page, compare_page
from api.presentation.structure_list import LIST
from api.views.chrome import Flash
from api.visit import Visit, Writer
from grants.fusions.service import MergeDemand, MergeUndone, SameStructure, merge, undo_merge
from grants.structures.queries import LONGEST_SEARCH
from grants.structures.service import STRUCTURE_FIELDS, STRUCTURES, StructureMerged
from workflow.database import LARGEST_ID
from workflow.errors import Invalid, NotFound, Refused, Stale
from workflow.texts import TextFault, clean_text

router = APIRouter()
_MOST_DIGITS = 19
_BESIDE = frozenset({*PAPERS, KEPT, OTHER, OTHER_VERSION})


@router.get(f"{LIST}/{{structure_id}}/fusionner")
def compare(request: Request, visit: Writer, structure_id: RowId) -> Response:
    """The choice of the other structure; with `?avec=`, the two side by side."""
    other = _id(request.query_params.get(OTHER, ""))
    if other is not None:
        return _compare(request, visit, structure_id, other)
    text = _text(request.query_params.get("q", ""))
    with house_of(request).database.reading() as session:
        connection = session.connection()
        row = STRUCTURES.read(connection, visit.identity.organisme_id, structure_id)
        view = choose_page(connection, visit, row, text)
    return page(request, visit, "pages/structures/doublon.html", view, present=PRESENT)


@router.post(f"{LIST}/{{structure_id}}/fusionner")
def merge_structures(
    request: Request, visit: Writer, form: Posted, structure_id: RowId
) -> Response:
    """Make one structure of the two."""
    house, other = house_of(request), _id(one(form, OTHER))
    only(form, KEPT, OTHER, OTHER_VERSION, *(field.key for field in STRUCTURE_FIELDS))
    if other is None:
        with house.database.reading() as session:
            STRUCTURES.read(session.connection(), visit.identity.organisme_id, structure_id)
        return _refused(request, visit, structure_id, "Choisissez d’abord l’autre structure.")
    demand = _demand(form, structure_id, other)
    try:
        with house.database.unit_of_work() as session:
            kept = merge(session, house.engine, visit.identity, demand, visit.now)
    except Invalid as error:
        return _compare(request, visit, structure_id, other, form, error.faults)
    except Stale as error:
        return _compare(request, visit, structure_id, other, form, conflict=str(error))
    except (SameStructure, StructureMerged) as error:
        return _refused(request, visit, structure_id, str(error))
    return redirect(
        request, f"{LIST}/{kept}", Flash(text="Les deux structures n’en font plus qu’une.")
    )


@router.post(
    f"{LIST}/{{structure_id}}/fusions/{{fusion_id}}/annuler", dependencies=[Depends(pressed)]
)
def undo(request: Request, visit: Writer, structure_id: RowId, fusion_id: RowId) -> Response:
    """Give back what a merge had moved."""
    house = house_of(request)
    try:
        with house.database.unit_of_work() as session:
            back = undo_merge(
                session, house.engine, visit.identity, structure_id, fusion_id, visit.now
            )
    except Refused as error:
        reasons = " ".join(refusal.message for refusal in error.refusals)
        return _refused(request, visit, structure_id, f"Trop tard pour annuler. {reasons}")
    except MergeUndone as error:
        return _refused(request, visit, structure_id, str(error))
    return redirect(request, f"{LIST}/{back}", Flash(text="La fusion est annulée."))


def _demand(form: Form, structure_id: int, other: int) -> MergeDemand:
    versions = {structure_id: version_of(form), other: version_of(form, OTHER_VERSION)}
    kept = other if one(form, KEPT) == str(other) else structure_id
    absorbed = structure_id if kept == other else other
    return MergeDemand(
        kept_id=kept,
        absorbed_id=absorbed,
        choices={key: one(form, key) for key in form if key not in _BESIDE},
        kept_version=versions[kept],
        absorbed_version=versions[absorbed],
        key=key_of(form),
    )


def _compare(
    request: Request,
    visit: Visit,
    structure_id: int,
    other: int,
    typed: Mapping[str, Any] | None = None,
    faults: Mapping[str, str] | None = None,
    conflict: str = "",
) -> Response:
    house, organisme_id = house_of(request), visit.identity.organisme_id
    with house.database.reading() as session:
        connection = session.connection()
        rows = (
            STRUCTURES.read(connection, organisme_id, structure_id),
            STRUCTURES.read(connection, organisme_id, other),
        )
        gone = any(row["absorbee_par_id"] is not None for row in rows)
        if structure_id == other or gone:
            raise NotFound
        view = compare_page(connection, house.engine, rows, typed, faults, conflict)
    status = 409 if conflict else 422 if faults else 200
    template = "pages/structures/fusionner.html"
    return page(request, visit, template, view, present=PRESENT, status=status)


def _refused(request: Request, visit: Visit, structure_id: int, why: str) -> Response:
    return show_structure(request, visit, structure_id, notice=why)


def _id(text: str) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        return None
    return int(text) if 0 < int(text) <= LARGEST_ID else None


def _text(raw: str) -> str:
    try:
        return clean_text(raw, longest=LONGEST_SEARCH)
    except TextFault:
        return ""
