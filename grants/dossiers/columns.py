"""Which answers of a pipeline have a column of their own on the dossier; the others are JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from operator import itemgetter
from typing import Any

from grants.dossiers.tables import Dossier
from workflow.canonical import canonical
from workflow.database import table_of
from workflow.fields import FieldType
from workflow.pipeline import Field, Pipeline
from workflow.plain_fields import LONGEST_LINE
from workflow.texts import fold

_TABLE = table_of(Dossier)

#: The key of a field → the type it must have to stand in the column of that name.
COLUMNS: Mapping[str, str] = {
    "titre": "texte",
    "objet": "texte_long",
    "lieu": "texte",
    "commune": "texte",
    "departement": "departement",
    "public_vise": "texte",
    "secteur": "choix",
    "emplois_crees": "entier",
    "date_debut": "date",
    "date_fin": "date",
    "cout_total": "montant",
    "montant_demande": "montant",
    "montant_accorde": "montant",
    "seance": "seance",
}
#: The column that holds a field, where the two names differ.
_COLUMN_OF = {"seance": "seance_id"}
_IN_COLUMNS = itemgetter(*[_COLUMN_OF.get(key, key) for key in COLUMNS])
# A date among the JSON answers is text; these types read back as they were written.
_PLAIN = frozenset({"texte", "texte_long", "montant", "entier", "nombre", "choix", "oui_non"})


def column_of(key: str) -> str | None:
    """The dossier's column for a field; None when the answer goes to the JSON."""
    return _COLUMN_OF.get(key, key) if key in COLUMNS else None


def type_faults(pipeline: Pipeline) -> Iterator[tuple[str, str, str]]:
    """Fields of a pipeline that do not fit the column they would be kept in."""
    for field in pipeline.every_field():
        if field.key not in COLUMNS:
            continue
        where, expected = f"field.{field.key}", COLUMNS[field.key]
        if field.type != expected:
            remedy = f"écrivez type = « {expected} », ou donnez une autre clé au champ"
            yield f"{where}.type", f"« {field.type} » ne convient pas", remedy
        if field.multiple:
            yield f"{where}.multiple", "une seule réponse est gardée ici", "retirez multiple"
        room = _room(field.key)
        if field.type == "texte" and room and (field.longest or LONGEST_LINE) > room:
            yield f"{where}.longest", f"{room} caractères sont gardés ici", f"longest = {room}"
        if field.type == "montant" and (field.minimum or 0) < 1:
            yield f"{where}.minimum", "un montant nul n'est pas gardé ici", "minimum = 1"


def _room(key: str) -> int | None:
    """How many characters the column of a field keeps; None without a limit."""
    return getattr(_TABLE.c[_COLUMN_OF.get(key, key)].type, "length", None)


def kept_values(
    row: Mapping[str, Any], fields: Mapping[str, Field], types: Mapping[str, FieldType]
) -> dict[str, Any]:
    """Every answer kept on a dossier, by field key, typed."""
    values: dict[str, Any] = dict(zip(COLUMNS, _IN_COLUMNS(row), strict=True))
    values["titre"] = values["titre"] or None
    if row["donnees"] != "{}":
        for key, raw in _read(row["donnees"]).items():
            field = fields.get(key)
            plain = field is None or (field.type in _PLAIN and not isinstance(raw, list))
            values[key] = raw if plain else types[field.type].load(raw)
    return values


@lru_cache(maxsize=256)
def _read(kept: str) -> Mapping[str, Any]:
    """The JSON answers, read once while a dossier is worked on. Never changed in place."""
    return json.loads(kept)


def changed_columns(
    row: Mapping[str, Any],
    values: Mapping[str, Any],
    fields: Mapping[str, Field],
    types: Mapping[str, FieldType],
) -> dict[str, Any]:
    """The columns to write for new answers: native ones, and the JSON as a whole when it moves."""
    written: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for key, value in values.items():
        column = column_of(key)
        if column is None:
            extra[key] = None if value is None else types[fields[key].type].dump(value)
        else:
            written[column] = value
    if "titre" in written:
        written["titre"] = written["titre"] or ""
        # A single sign may fold to eighteen letters.
        written["titre_cle"] = fold(written["titre"])[: _room("titre_cle")]
    if extra:
        merged = {**_read(row["donnees"]), **extra}
        kept = {key: value for key, value in merged.items() if value is not None}
        written["donnees"] = canonical(kept)
    return written
