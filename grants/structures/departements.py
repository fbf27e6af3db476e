"""The French départements: INSEE codes and names, and the type of field that asks for one."""

from __future__ import annotations

import re
from typing import Any

from workflow.field_contract import FieldFault, FieldSpec, FieldType
from workflow.texts import fold

DEPARTEMENTS = {
    "01": "Ain", "02": "Aisne", "03": "Allier", "04": "Alpes-de-Haute-Provence",
    "05": "Hautes-Alpes", "06": "Alpes-Maritimes", "07": "Ardèche", "08": "Ardennes",
    "09": "Ariège", "10": "Aube", "11": "Aude", "12": "Aveyron", "13": "Bouches-du-Rhône",
    "14": "Calvados", "15": "Cantal", "16": "Charente", "17": "Charente-Maritime", "18": "Cher",
    "19": "Corrèze", "2A": "Corse-du-Sud", "2B": "Haute-Corse", "21": "Côte-d'Or",
    "22": "Côtes-d'Armor", "23": "Creuse", "24": "Dordogne", "25": "Doubs", "26": "Drôme",
    "27": "Eure", "28": "Eure-et-Loir", "29": "Finistère", "30": "Gard", "31": "Haute-Garonne",
    "32": "Gers", "33": "Gironde", "34": "Hérault", "35": "Ille-et-Vilaine", "36": "Indre",
    "37": "Indre-et-Loire", "38": "Isère", "39": "Jura", "40": "Landes", "41": "Loir-et-Cher",
    "42": "Loire", "43": "Haute-Loire", "44": "Loire-Atlantique", "45": "Loiret", "46": "Lot",
    "47": "Lot-et-Garonne", "48": "Lozère", "49": "Maine-et-Loire", "50": "Manche",
    "51": "Marne", "52": "Haute-Marne", "53": "Mayenne", "54": "Meurthe-et-Moselle",
    "55": "Meuse", "56": "Morbihan", "57": "Moselle", "58": "Nièvre", "59": "Nord",
    "60": "Oise", "61": "Orne", "62": "Pas-de-Calais", "63": "Puy-de-Dôme",
    "64": "Pyrénées-Atlantiques", "65": "Hautes-Pyrénées", "66": "Pyrénées-Orientales",
    "67": "Bas-Rhin", "68": "Haut-Rhin", "69": "Rhône", "70": "Haute-Saône",
    "71": "Saône-et-Loire", "72": "Sarthe", "73": "Savoie", "74": "Haute-Savoie", "75": "Paris",
    "76": "Seine-Maritime", "77": "Seine-et-Marne", "78": "Yvelines", "79": "Deux-Sèvres",
    "80": "Somme", "81": "Tarn", "82": "Tarn-et-Garonne", "83": "Var", "84": "Vaucluse",
    "85": "Vendée", "86": "Vienne", "87": "Haute-Vienne", "88": "Vosges", "89": "Yonne",
    "90": "Territoire de Belfort", "91": "Essonne", "92": "Hauts-de-Seine",
    "93": "Seine-Saint-Denis", "94": "Val-de-Marne", "95": "Val-d'Oise", "971": "Guadeloupe",
    "972": "Martinique", "973": "Guyane", "974": "La Réunion", "975": "Saint-Pierre-et-Miquelon",
    "976": "Mayotte", "977": "Saint-Barthélemy", "978": "Saint-Martin",
    "986": "Wallis-et-Futuna", "987": "Polynésie française", "988": "Nouvelle-Calédonie",
}  # fmt: skip

_SEPARATOR = re.compile(r"[,;\n]")


class UnknownDepartement(FieldFault):
    """Écrivez un numéro de département (06, 2A, 974) ou son nom."""


def read_departement(text: str) -> str:
    """« 6 », « 06 », « 2a » or « Alpes-Maritimes » → the code. Raises UnknownDepartement."""
    typed = text.strip()
    code = typed.upper().zfill(2)
    if code in DEPARTEMENTS:
        return code
    wanted = fold(typed)
    for known, name in DEPARTEMENTS.items():
        if fold(name) == wanted:
            return known
    raise UnknownDepartement


def departement_name(code: str | None) -> str:
    """« Alpes-Maritimes (06) »; empty without a code."""
    return f"{DEPARTEMENTS.get(code, '?')} ({code})" if code else ""


def _read(text: str, _spec: FieldSpec) -> str:
    return read_departement(text)


def _describe(_spec: FieldSpec) -> dict[str, Any]:
    return {"type": "string", "enum": list(DEPARTEMENTS)}


def _show(value: Any, _spec: FieldSpec) -> str:
    return departement_name(value)


DEPARTEMENT = FieldType(key="departement", read=_read, describe=_describe, show=_show)


class UnknownDepartements(FieldFault):
    """Écrivez des numéros de département séparés par des virgules, comme 34, 30, 2A."""


def departement_list(codes: str) -> tuple[str, ...]:
    """« 34,30 », as an organisme keeps its départements → the codes."""
    return tuple(code for code in codes.split(",") if code)


def _read_several(text: str, _spec: FieldSpec) -> str:
    typed = [part for part in _SEPARATOR.split(text) if part.strip()]
    try:
        return ",".join(dict.fromkeys(read_departement(part) for part in typed))
    except UnknownDepartement:
        raise UnknownDepartements from None


def _describe_several(_spec: FieldSpec) -> dict[str, Any]:
    one = "|".join(DEPARTEMENTS)
    return {"type": "string", "pattern": f"^({one})(, ?({one}))*$", "examples": ["34, 30, 2A"]}


def _show_several(codes: str, _spec: FieldSpec) -> str:
    return ", ".join(departement_name(code) for code in departement_list(codes))


DEPARTEMENTS_LIST = FieldType(
    key="departements",
    read=_read_several,
    describe=_describe_several,
    show=_show_several,
    write=lambda codes: codes.replace(",", ", "),
)
