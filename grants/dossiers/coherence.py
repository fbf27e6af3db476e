"""What must hold between the answers of a dossier: the database checks it too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow.money import format_amount
from workflow.subject import Subject


def faults_of_answers(
    subject: Subject, values: Mapping[str, Any], known: Mapping[str, str]
) -> dict[str, str]:
    """Faults by field among new answers, seen together with those kept already."""

    def answer(key: str) -> Any:
        return values[key] if key in values else subject.values.get(key)

    faults: dict[str, str] = {}
    start, end = answer("date_debut"), answer("date_fin")
    if start is not None and end is not None and start > end:
        key = "date_fin" if "date_fin" in values else "date_debut"
        faults[key] = "Le projet finirait avant de commencer. Vérifiez les deux dates."
    granted, asked = subject.values.get("montant_accorde"), answer("montant_demande")
    if granted is not None and "montant_demande" in values and (asked is None or asked < granted):
        faults["montant_demande"] = (
            f"{format_amount(granted)} sont déjà accordés : l'aide demandée ne peut être moindre."
        )
    return {key: sentence for key, sentence in faults.items() if key not in known}
