"""What narrows the directory of prestataires: read from an address, shown, told in an address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from api.views.fields import Choice, FieldView
from api.views.listing import Chip, FilterBar
from grants.dla.annuaire import (
    LONGEST_SEARCH,
    PrestataireFilters,
    PrestataireLine,
    departements_served,
)
from grants.dla.fiche import COMPETENCES
from grants.structures.departements import DEPARTEMENTS, departement_name
from grants.structures.nomenclature import SECTEURS
from workflow.texts import TextFault, clean_text

SKILLS = {choice.key: choice.label for choice in COMPETENCES}
SECTORS = {choice.key: choice.label for choice in SECTEURS}
STATES = {"oui": "À consulter", "non": "Mis de côté"}


def filters_of(query: Mapping[str, str]) -> PrestataireFilters:
    """What an address asks for; what cannot be read of it is left out."""
    try:
        text = clean_text(query.get("q", ""), longest=LONGEST_SEARCH)
    except TextFault:
        text = ""
    known = {
        "competence": SKILLS,
        "secteur": SECTORS,
        "departement": DEPARTEMENTS,
        "actif": STATES,
    }
    asked = {key: query.get(key) for key, choices in known.items() if query.get(key) in choices}
    actif = asked.pop("actif", None)
    return PrestataireFilters(text=text, actif=None if actif is None else actif == "oui", **asked)


def pairs_of(filters: PrestataireFilters) -> dict[str, str]:
    """The filters as an address tells them."""
    actif = "" if filters.actif is None else "oui" if filters.actif else "non"
    told = {
        "q": filters.text,
        "competence": filters.competence,
        "secteur": filters.secteur,
        "departement": filters.departement,
        "actif": actif,
    }
    return {key: value for key, value in told.items() if value}


def filter_bar(
    url: str, filters: PrestataireFilters, every: Iterable[PrestataireLine]
) -> FilterBar:
    """What may be narrowed, and what is."""
    pairs = pairs_of(filters)
    served = departements_served(every)
    places = {code: departement_name(code) for code in {*served, filters.departement} if code}
    asked = {
        "competence": ("Compétence", "Toutes", SKILLS),
        "secteur": ("Secteur", "Tous", SECTORS),
        "departement": ("Département", "Tous", dict(sorted(places.items()))),
        "actif": ("État", "Tous", STATES),
    }
    fields = (
        FieldView(
            name=name,
            label=label,
            type="choix",
            value=pairs.get(name, ""),
            choices=tuple(Choice(value=key, label=each) for key, each in choices.items()),
            placeholder=blank,
            scope="filtre",
        )
        for name, (label, blank, choices) in asked.items()
    )
    chips = tuple(
        Chip(
            label=f"« {value} »" if name == "q" else asked[name][2][value],
            remove_url=_without(url, pairs, name),
        )
        for name, value in pairs.items()
    )
    reset = url if chips else None
    return FilterBar(url=url, fields=(_search(filters), *fields), chips=chips, reset_url=reset)


def _search(filters: PrestataireFilters) -> FieldView:
    return FieldView(
        name="q",
        label="Rechercher",
        type="recherche",
        value=filters.text,
        placeholder="Nom, interlocuteur ou SIRET",
        longest=LONGEST_SEARCH,
        scope="filtre",
    )


def _without(url: str, pairs: Mapping[str, str], name: str) -> str:
    kept = {key: value for key, value in pairs.items() if key != name}
    return f"{url}?{urlencode(kept)}" if kept else url
