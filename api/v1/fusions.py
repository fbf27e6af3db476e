"""Structures recorded twice: found, compared, merged, and taken apart again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.presentation.merging import KEPT, OTHER_VERSION, duplicates_of, kept_of, side_of
from api.v1.contract import Answer, Call, Subject
from api.v1.given import number_of, only_asked
from api.v1.routes import PREFIX
from api.v1.shapes.fusions import Comparaison, Cote, Doublons, Ecart, Fusions
from api.v1.shapes.structures import Structure
from api.v1.structures import told_alike, told_structure
from grants.fusions.fiches import Difference, differences
from grants.fusions.queries import merges_into, what_depends
from grants.fusions.service import MergeDemand, SameStructure, merge, undo_merge
from grants.structures.service import STRUCTURE_FIELDS, STRUCTURES, StructureMerged
from workflow.errors import Invalid
from workflow.pipeline import Field

subject = Subject("Doublons")
_ONE = "/structures/{structure_id}"
_OTHER = f"{_ONE}/fusion/{{autre_id}}"
_KEPT = Field(
    key=KEPT,
    label="Celle qui est gardée",
    type="texte",
    longest=19,
    help="L’id d’une des deux ; la première sans rien dire.",
)
_SEEN = Field(
    key=OTHER_VERSION,
    label="Version de l’autre structure",
    type="texte",
    longest=18,
    required=True,
    help="Celle que vous avez comparée ; « * » fusionne sans regarder.",
)
#: Whose answer is kept, by field: the id of one of the two structures.
_CHOICES = tuple(
    Field(key=each.key, label=each.label, type="texte", longest=19) for each in STRUCTURE_FIELDS
)


@subject.get(f"{_ONE}/doublons", "Les structures qui sont peut-être la même", Doublons)
def duplicates(call: Call) -> Doublons:
    """The structures that may be this one, the surest first. Raises NotFound."""
    row = STRUCTURES.read(call.connection, call.organisme_id, call.id("structure_id"))
    alike = duplicates_of(call.connection, call.organisme_id, row)
    return {"structures": [told_alike(each) for each in alike]}


@subject.get(_OTHER, "Deux structures comparées", Comparaison, conflicts=True)
def compare(call: Call) -> Comparaison:
    """What a merge would do. Raises NotFound, SameStructure, StructureMerged."""
    one, other = rows = _both(call)
    kept = kept_of(call.connection, rows, {})
    return {
        "garder": str(kept),
        "structures": [_side(call, row) for row in rows],
        "ecarts": [_difference(call, each, kept) for each in differences(one, other)],
        "version": one["seq"],
        "autre_version": other["seq"],
    }


@subject.post(
    _OTHER,
    "Fusionner deux structures",
    Structure,
    asks=(_KEPT, _SEEN, *_CHOICES),
    versioned=True,
    example={"autre_version": "1", "nom": "7"},
)
def merge_two(call: Call) -> Answer:
    """Make one structure of the two. Raises Invalid, NotFound, SameStructure, Stale…"""
    only_asked(call, _KEPT, _SEEN, *_CHOICES)
    kept = merge(call.session, call.house.engine, call.identity, _demand(call), call.now)
    return Answer(told_structure(call, kept), location=f"{PREFIX}/structures/{kept}")


@subject.get(f"{_ONE}/fusions", "Les fusions d’une structure", Fusions)
def merges(call: Call) -> Fusions:
    """The merges that it was kept by, and what keeps each from being undone. Raises NotFound."""
    connection, organisme_id, id = call.connection, call.organisme_id, call.id("structure_id")
    STRUCTURES.read(connection, organisme_id, id)
    found = [
        (each, what_depends(connection, organisme_id, each))
        for each in merges_into(connection, organisme_id, id)
    ]
    return {
        "fusions": [
            {
                "id": each.id,
                "absorbee_id": each.absorbed_id,
                "absorbee": each.absorbed,
                "le": each.at,
                "par": each.by,
                "annulable": not reasons,
                "raisons": list(reasons),
            }
            for each, reasons in found
        ]
    }


@subject.post(f"{_ONE}/fusions/{{fusion_id}}/annuler", "Annuler une fusion", Structure)
def undo(call: Call) -> Answer:
    """Give back what a merge had moved; the structure that comes back. Raises Refused, NotFound…"""
    ids = call.id("structure_id"), call.id("fusion_id")
    back = undo_merge(call.session, call.house.engine, call.identity, *ids, call.now)
    return Answer(told_structure(call, back), location=f"{PREFIX}/structures/{back}")


def _both(call: Call) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    ids = call.id("structure_id"), call.id("autre_id")
    one, other = (STRUCTURES.read(call.connection, call.organisme_id, id) for id in ids)
    if one["id"] == other["id"]:
        raise SameStructure
    for row in (one, other):
        if row["absorbee_par_id"] is not None:
            raise StructureMerged(nom=row["nom"])
    return one, other


def _demand(call: Call) -> MergeDemand:
    here, other = call.id("structure_id"), call.id("autre_id")
    kept = _kept(call, here, other)
    versions = {here: call.version, other: _other_version(call)}
    absorbed = here if kept == other else other
    papers = {KEPT, OTHER_VERSION}
    return MergeDemand(
        kept_id=kept,
        absorbed_id=absorbed,
        choices={key: value for key, value in call.body.items() if key not in papers},
        kept_version=versions[kept],
        absorbed_version=versions[absorbed],
        key=call.key,
    )


def _kept(call: Call, here: int, other: int) -> int:
    typed = call.text(KEPT) or str(here)
    if typed not in (str(here), str(other)):
        raise Invalid({KEPT: "Donnez l’id d’une des deux structures."})
    return int(typed)


def _other_version(call: Call) -> int | None:
    typed = call.text(OTHER_VERSION)
    if typed == "*":
        return None
    seen = number_of(typed)
    if seen is None:
        raise Invalid({OTHER_VERSION: "Donnez la version que vous avez comparée."})
    return seen


def _side(call: Call, row: Mapping[str, Any]) -> Cote:
    side = side_of(call.connection, row)
    return {
        "id": side.id,
        "nom": side.nom,
        "dossiers": [each.label for each in side.dossiers],
        "contacts": list(side.contacts),
        "fichiers": list(side.pieces),
        "version": row["seq"],
    }


def _difference(call: Call, difference: Difference, kept: int) -> Ecart:
    field = difference.field
    kind = call.house.engine.vocabulary.field_types[field.type]
    proposed = difference.default(kept)
    return {
        "champ": field.key,
        "libelle": field.label,
        "reponses": {
            str(id): kind.display(value, field) if value not in (None, "") else None
            for id, value in difference.values.items()
        },
        "proposee": None if proposed is None else str(proposed),
    }
