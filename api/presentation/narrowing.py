"""The filters of the board and the list: read from the address, shown as a form and as chips."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from urllib.parse import urlencode

from sqlalchemy import Connection

from api.presentation import counted
from api.views.fields import Choice, FieldView
from api.views.fields import FieldType as Control
from api.views.listing import Chip, FilterBar
from grants.dossiers.counters import departements_in_use, departements_read
from grants.dossiers.etiquettes.queries import tags_of_organisme, tags_read
from grants.dossiers.filters import LONGEST_SEARCH, NOBODY, NOWHERE, Filters, late_before
from grants.organisation.queries import Customs
from grants.organisation.vocabulary import collegue_choices, collegues_read
from grants.structures.departements import DEPARTEMENTS, departement_name
from grants.structures.nomenclature import SECTEURS, nomenclature_label
from workflow.database import LARGEST_ID
from workflow.dates import DateFault, format_date, parse_date
from workflow.pipeline import Pipeline
from workflow.statements import Read
from workflow.texts import TextFault, clean_text

Query = Mapping[str, str]
#: What an address says beside its filters: which dispositif, in which order.
AROUND = ("vue", "dispositif", "tri", "sens")
NAMES = (
    *AROUND,
    "etape",
    "referent",
    "departement",
    "q",
    "du",
    "au",
    "retard",
    "seance",
    "etiquette",
    "secteur",
    *counted.NAMES,
)
_SECTORS = tuple(choice.key for choice in SECTEURS)

_ASKED: tuple[tuple[str, str, Control], ...] = (
    ("q", "Rechercher", "recherche"),
    ("etape", "Étape", "choix"),
    ("referent", "Référent", "choix"),
    ("departement", "Département", "choix"),
    ("etiquette", "Étiquette", "choix"),
    ("du", "Ouvert du", "date"),
    ("au", "au", "date"),
)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What an address asks for: the filters, what of it could not be read, and the pairs kept."""

    filters: Filters
    pairs: Mapping[str, str]
    faults: Mapping[str, str]

    @property
    def narrows(self) -> bool:
        """Whether anything but the dispositif was asked for."""
        return any(name not in AROUND for name in self.pairs)

    def url(self, path: str, **changes: str | None) -> str:
        """The address with some pairs changed; None takes a pair away."""
        merged = {**self.pairs, **changes}
        kept = tuple(pair for pair in merged.items() if pair[1])
        return f"{path}?{_encoded(kept)}" if kept else path


@lru_cache(maxsize=1024)
def _encoded(pairs: tuple[tuple[str, str], ...]) -> str:
    """What follows « ? »: a page writes twenty of them, nearly all as the page before did."""
    return urlencode(pairs)


def read_narrowing(
    query: Query, organisme_id: int, pipeline: Pipeline | None, today: date, customs: Customs
) -> Narrowing:
    """The filters of an address; what cannot be read is named and leaves the rest in force."""
    pairs = {name: query[name] for name in NAMES if query.get(name)}
    faults: dict[str, str] = {}
    stages = {stage.key for stage in pipeline.stages} if pipeline else set()
    wanted = tuple(key for key in pairs.get("etape", "").split(",") if key in stages)
    departement, secteur = pairs.get("departement"), pairs.get("secteur")
    filters = Filters(
        pipeline=pipeline.key if pipeline else None,
        stages=wanted,
        referent_id=_identifier(pairs.get("referent")),
        departement=departement if departement in (*DEPARTEMENTS, NOWHERE) else None,
        secteur=secteur if secteur in (*_SECTORS, NOWHERE) else None,
        text=_text(pairs, faults),
        since=_day(pairs, "du", faults),
        until=_day(pairs, "au", faults),
        seance_id=_identifier(pairs.get("seance")) or None,
        etiquette_id=_identifier(pairs.get("etiquette")) or None,
        late=late_before(pipeline, today, customs) if pipeline and "retard" in pairs else None,
        among=counted.counted(organisme_id, pipeline, pairs, faults),
    )
    if filters.since and filters.until and filters.since > filters.until:
        faults["au"] = "La période finirait avant de commencer."
    return Narrowing(filters, pairs, faults)


def filter_reads(organisme_id: int) -> tuple[Read, ...]:
    """What `filter_bar` reads."""
    return (
        collegues_read(organisme_id),
        departements_read(organisme_id),
        tags_read(organisme_id),
    )


def filter_bar(
    connection: Connection,
    organisme_id: int,
    narrowing: Narrowing,
    path: str,
    pipeline: Pipeline | None,
    *,
    with_stage: bool = False,
) -> FilterBar:
    """The form that narrows, with a chip for each filter in force."""
    people = collegue_choices(connection, organisme_id)
    places = departements_in_use(connection, organisme_id)
    tags = {str(tag.id): tag.nom for tag in tags_of_organisme(connection, organisme_id)}
    stages = pipeline.stages if pipeline and with_stage else ()
    referents = [Choice(value="0", label="Sans référent")]
    referents += [Choice(value=str(id), label=nom) for id, nom in people]
    choices = {
        "etape": [Choice(value=stage.key, label=stage.label) for stage in stages],
        "referent": referents,
        "departement": [Choice(value=code, label=departement_name(code)) for code in places],
        "etiquette": [Choice(value=id, label=nom) for id, nom in tags.items()],
    }
    asked = {"etape": with_stage, "etiquette": bool(tags)}
    fields = tuple(
        _field(narrowing, name, label, kind, tuple(choices.get(name, ())))
        for name, label, kind in _ASKED
        if asked.get(name, True)
    )
    chips = _chips(narrowing, path, pipeline, dict(people), tags)
    return FilterBar(
        url=path,
        fields=fields,
        chips=chips,
        reset_url=_reset(path, pipeline) if chips else None,
        keep=_kept(narrowing, pipeline, {each.name for each in fields}),
    )


def _reset(path: str, pipeline: Pipeline | None) -> str:
    return path if pipeline is None else f"{path}?{urlencode({'dispositif': pipeline.key})}"


def _kept(
    narrowing: Narrowing, pipeline: Pipeline | None, asked: Container[str]
) -> tuple[tuple[str, str], ...]:
    """What the form sends again: the dispositif, the order, and the filters that it has not."""
    shown = {} if pipeline is None else {"dispositif": pipeline.key}
    pairs = {**narrowing.pairs, **shown}
    return tuple((name, value) for name, value in pairs.items() if name not in asked)


def _field(
    narrowing: Narrowing, name: str, label: str, kind: Control, choices: tuple[Choice, ...]
) -> FieldView:
    return FieldView(
        name=name,
        label=label,
        type=kind,
        value=narrowing.pairs.get(name, ""),
        choices=choices,
        error=narrowing.faults.get(name, ""),
        longest=LONGEST_SEARCH if kind == "recherche" else None,
        scope="filtre",
    )


def _chips(
    narrowing: Narrowing,
    path: str,
    pipeline: Pipeline | None,
    people: Mapping[int, str],
    tags: Mapping[str, str],
) -> tuple[Chip, ...]:
    labels = {**_labels(narrowing.filters, people), **_stage_labels(narrowing, pipeline)}
    if narrowing.filters.etiquette_id is not None:
        named = tags.get(str(narrowing.filters.etiquette_id))
        labels["etiquette"] = f"Étiquette « {named} »" if named else "Étiquette inconnue"
    return tuple(
        Chip(label=label, remove_url=narrowing.url(path, **dict.fromkeys(counted.names_of(name))))
        for name, label in labels.items()
    )


def _labels(filters: Filters, people: Mapping[int, str]) -> dict[str, str]:
    labels: dict[str, str] = {}
    if filters.text:
        labels["q"] = f"« {filters.text} »"
    if filters.referent_id is not None:
        named = people.get(filters.referent_id, "Référent inconnu")
        labels["referent"] = "Sans référent" if filters.referent_id == NOBODY else named
    if filters.departement:
        labels["departement"] = place_label(filters.departement)
    if filters.secteur:
        labels["secteur"] = sector_label(filters.secteur)
    if filters.since:
        labels["du"] = f"Ouvert à partir du {format_date(filters.since)}"
    if filters.until:
        labels["au"] = f"Ouvert jusqu'au {format_date(filters.until)}"
    if filters.late is not None:
        labels["retard"] = "En retard"
    if filters.seance_id is not None:
        labels["seance"] = "Une séance"
    return labels


def _stage_labels(narrowing: Narrowing, pipeline: Pipeline | None) -> dict[str, str]:
    if pipeline is None:
        return {}
    labels: dict[str, str] = {}
    if narrowing.filters.stages:
        names = (pipeline.stage(key).label for key in narrowing.filters.stages)
        labels["etape"] = ", ".join(names)
    return labels | counted.counted_labels(pipeline, narrowing.pairs)


def place_label(code: str) -> str:
    """« Alpes-Maritimes », « Sans département »."""
    return "Sans département" if code == NOWHERE else departement_name(code)


def sector_label(key: str) -> str:
    """« Environnement », « Sans secteur »."""
    return "Sans secteur" if key == NOWHERE else nomenclature_label(key)


def _identifier(text: str | None) -> int | None:
    if text is None or not (text.isascii() and text.isdigit()):
        return None
    found = int(text[:20])
    return found if found <= LARGEST_ID else None


def _text(pairs: Mapping[str, str], faults: dict[str, str]) -> str:
    try:
        return clean_text(pairs.get("q", ""), longest=LONGEST_SEARCH)
    except TextFault as fault:
        faults["q"] = str(fault)
        return ""


def _day(pairs: Mapping[str, str], name: str, faults: dict[str, str]) -> date | None:
    if name not in pairs:
        return None
    try:
        return parse_date(pairs[name])
    except DateFault as fault:
        faults[name] = str(fault)
        return None
