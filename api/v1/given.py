"""What several operations check of a request before they begin."""

from __future__ import annotations

from api.v1.contract import Call
from grants.dossiers.reading import read_subject
from workflow.errors import Invalid
from workflow.pipeline import Field


def of_the_dossier(call: Call) -> int:
    """The dossier of the address. Raises NotFound, also for another organisme's."""
    id = call.id("dossier_id")
    read_subject(call.connection, call.house.engine, call.organisme_id, id, lock=False)
    return id


def only_asked(call: Call, *fields: Field) -> None:
    """Raises Invalid for what is not asked, and for several answers where one is."""
    known = {field.key for field in fields}
    faults = dict.fromkeys(call.body, "Cette opération ne demande pas ce champ.")
    faults = {name: fault for name, fault in faults.items() if name not in known}
    faults |= {
        name: "Donnez une seule réponse."
        for name, value in call.body.items()
        if isinstance(value, list)
    }
    if faults:
        raise Invalid(faults)
