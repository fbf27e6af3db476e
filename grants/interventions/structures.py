"""A structure named by whoever types: its id, its SIRET, its name or the beginning of it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select

from grants.interventions.tables import Intervention
from grants.structures.tables import Structure
from workflow.database import table_of
from workflow.field_contract import Raw
from workflow.texts import fold

_S, _I = table_of(Structure), table_of(Intervention)
_SIRET, _LONGEST = 14, 200
#: How many names are told apart in a fault, and how many are proposed while typing.
_TOLD, MOST_PROPOSED = 4, 300
_NONE = "Aucune structure ne porte ce nom. Vérifiez-le, ou créez d’abord sa fiche."


def structure_typed(
    connection: Connection, organisme_id: int, raw: Mapping[str, Raw]
) -> tuple[dict[str, Raw], dict[str, str]]:
    """The answers with the structure's id where a name or a SIRET stood; and what is wrong."""
    text = raw.get("structure")
    if not isinstance(text, str) or not text.strip():
        return dict(raw), {}
    number = text.translate(str.maketrans("", "", " \u00a0\u202f"))
    if number.isascii() and number.isdigit() and len(number) != _SIRET:
        return dict(raw), {}  # an id, as the programs of the API give it
    ids = _found(connection, organisme_id, text[:_LONGEST], number)
    if len(ids) == 1:
        return {**raw, "structure": str(next(iter(ids)))}, {}
    without = {key: value for key, value in raw.items() if key != "structure"}
    return without, {"structure": _which(list(ids.values())) if ids else _NONE}


def proposed_names(connection: Connection, organisme_id: int) -> tuple[str, ...]:
    """The names to propose while one types: all of them, or so many, by name."""
    query = select(_S.c.nom).where(
        _S.c.organisme_id == organisme_id, _S.c.absorbee_par_id.is_(None)
    )
    found = connection.execute(query.order_by(_S.c.nom_cle).limit(MOST_PROPOSED)).scalars()
    return tuple(dict.fromkeys(found))


def _found(connection: Connection, organisme_id: int, text: str, number: str) -> dict[int, str]:
    """Those that bear the name; failing that, that begin so; failing that, that hold it."""
    here = select(_S.c.id, _S.c.nom).where(
        _S.c.organisme_id == organisme_id, _S.c.absorbee_par_id.is_(None)
    )
    key = "".join(filter(str.isprintable, fold(text))).strip()
    if number.isascii() and number.isdigit():
        tries = (_S.c.siret == number,)
    elif not key:
        return {}
    else:
        tries = (
            _S.c.nom_cle == key,
            _S.c.nom_cle.startswith(key, autoescape=True),
            _S.c.nom_cle.contains(key, autoescape=True),
        )
    for each in tries:
        query = here.where(each).order_by(_S.c.nom_cle).limit(_TOLD + 1)
        if found := {row.id: row.nom for row in connection.execute(query)}:
            return found
    return {}


def _which(names: list[str]) -> str:
    told = ", ".join(f"« {name} »" for name in names[:_TOLD])
    more = "…" if len(names) > _TOLD else ""
    which = f"Plusieurs structures répondent à ce nom : {told}{more}."
    return f"{which} Écrivez-le en entier, ou son SIRET."
