"""The plain data of a letter as the peers by hand make it: the parts that all letters have."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from benchmarks.orders import DISPOSITIF, SECTORS
from grants.structures.departements import DEPARTEMENTS, departement_name
from workflow.money import format_number

_OF_THE_ORGANISME = ("nom", "sigle", "adresse", "ville", "email", "telephone", "site")
_KEPT = [
    *("titre", "objet", "lieu", "commune", "departement", "public_vise", "secteur"),
    *("emplois_crees", "date_debut", "date_fin", "cout_total", "montant_demande"),
]
Row = Mapping[str, Any]


def people_told(row: Row, around: Row) -> dict[str, Any]:
    """The organisme, the structure, the porteur and the referent of a dossier."""
    return {
        "organisme": {
            **{key: around[key] for key in _OF_THE_ORGANISME},
            "departements": [
                DEPARTEMENTS[code] for code in around["departements"].split(",") if code
            ],
        },
        "structure": {
            "nom": row["structure_nom"],
            "siret": row["structure_siret"],
            **{key: around[f"structure_{key}"] for key in ("adresse", "code_postal", "commune")},
        },
        "porteur": {
            "nom": row["porteur_nom"],
            "email": row["porteur_email"],
            "civilite": row["porteur_civilite"],
        },
        "referent": {
            "nom": around["referent_nom"],
            "fonction": around["referent_fonction"],
            "email": around["referent_email"],
            "telephone": around["referent_telephone"] or around["telephone"],
        },
    }


def dossier_told(
    row: Row, day: Callable[[Any], str | None], stage: str, since: date
) -> dict[str, Any]:
    """The dossier itself. `day`: how its driver gives a date, as JSON keeps it."""
    answers = {key: row[key] for key in _KEPT if row[key] is not None}
    answers["date_debut"], answers["date_fin"] = day(row["date_debut"]), day(row["date_fin"])
    answers["secteur"] = SECTORS[row["secteur"]]
    answers["departement"] = departement_name(row["departement"])
    others = json.loads(row["donnees"])
    others["effectif_etp"] = format_number(others["effectif_etp"])
    start, end = (date.fromisoformat(answers[key]) for key in ("date_debut", "date_fin"))
    half: timedelta = (end - start) / 2
    return {
        **answers,
        **others,
        "reference": row["reference"],
        "titre": row["titre"],
        "projet": f"votre projet « {row['titre']} »",
        "plafond": row["plafond"],
        "etape": stage,
        "dispositif": DISPOSITIF,
        "depuis": since.isoformat(),
        "mi_parcours": (start + half).isoformat(),
    }
