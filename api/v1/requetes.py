"""The address of a list as a view or a lot keeps it: read as strictly as the list itself."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from api.v1.contract import Call
from api.v1.lists import FILTERS, narrowing_of
from grants.dossiers.filters import Filters
from workflow.errors import Invalid

LONGEST = 2000
_UNREADABLE = "Cette adresse n’est pas lisible : recopiez ce qui suit le « ? »."


def read_requete(call: Call, name: str) -> tuple[str, Filters]:
    """The address of a list in the body, and what it keeps. Raises Invalid under that name."""
    text = call.text(name)
    if len(text) > LONGEST:
        raise Invalid({name: f"{LONGEST} caractères au plus."})
    try:
        pairs = parse_qsl(text, max_num_fields=50, errors="strict", strict_parsing=bool(text))
    except ValueError as error:
        raise Invalid({name: _UNREADABLE}) from error
    found = {key: value for key, value in dict(pairs).items() if value}
    unknown = [key for key in found if key not in FILTERS]
    if unknown or len(found) < len([pair for pair in pairs if pair[1]]):
        told = ", ".join(f"« {key} »" for key in unknown) or "un filtre donné deux fois"
        raise Invalid({name: f"La liste ne prend pas {told}."})
    try:
        narrowing = narrowing_of(call, found)
    except Invalid as error:
        said = " ".join(f"{key} : {fault}" for key, fault in error.faults.items())
        raise Invalid({name: said}) from error
    return urlencode(found), narrowing.filters
