"""The columns that a list of dossiers may show, on screen and in a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from sqlalchemy import Connection

from grants.comites.labels import seance_names
from grants.dossiers.board import DossierLine
from grants.dossiers.details import Detail, details_of
from grants.dossiers.etiquettes.queries import Tag, tags_of
from grants.structures.departements import departement_name
from workflow.dates import to_paris
from workflow.engine import Engine
from workflow.pipeline import Pipeline

Kind = Literal["texte", "montant", "date", "nombre", "heures"]
#: A cell's value: cents for an amount, hundredths for hours, a day for a date.
Value = str | int | date | None


class Told(NamedTuple):
    """One dossier with everything that a column may tell of it.

    `since` is the day it entered its present stage.
    """

    line: DossierLine
    pipeline: Pipeline
    today: date
    since: date
    detail: Detail | None = None
    tags: tuple[Tag, ...] = ()
    seance: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key in addresses and preferences, its heading, how it is written.

    `detailed`: it needs more than the line. A column of the spreadsheet only has no place on
    screen, where what it tells stands in another one.
    """

    key: str
    label: str
    kind: Kind
    value: Callable[[Told], Value]
    detailed: bool = False
    on_screen: bool = True


def _secteur(told: Told) -> Value:
    key = told.detail.secteur if told.detail else None
    if key is None:
        return None
    fields = (field for field in told.pipeline.every_field() if field.key == "secteur")
    choices = (choice for field in fields for choice in field.choices)
    return next((choice.label for choice in choices if choice.key == key), key)


def _of_detail(name: str) -> Callable[[Told], Value]:
    return lambda told: getattr(told.detail, name, None)


def _line(name: str) -> Callable[[Told], Value]:
    return lambda told: getattr(told.line, name)


def _place(told: Told) -> Value:
    line = told.line
    if line.commune and line.departement:
        return f"{line.commune} ({line.departement})"
    return line.commune or departement_name(line.departement)


#: Every column, in the order in which they are proposed.
COLUMNS: tuple[Column, ...] = (
    Column("reference", "Référence", "texte", _line("reference"), on_screen=False),
    Column("dossier", "Dossier", "texte", lambda told: told.line.titre),
    Column("structure", "Structure", "texte", _line("structure"), on_screen=False),
    Column("porteur", "Porteur", "texte", _line("porteur")),
    Column("dispositif", "Dispositif", "texte", lambda told: told.pipeline.label),
    Column("etape", "Étape", "texte", lambda told: told.pipeline.stage(told.line.stage).label),
    Column("depuis", "Depuis", "date", lambda told: told.since),
    Column("lieu", "Lieu", "texte", _place),
    Column("commune", "Commune", "texte", _line("commune"), on_screen=False),
    Column(
        "departement",
        "Département",
        "texte",
        lambda told: departement_name(told.line.departement),
    ),
    Column("secteur", "Secteur", "texte", _secteur, detailed=True),
    Column("referent", "Référent", "texte", _line("referent")),
    Column(
        "etiquettes",
        "Étiquettes",
        "texte",
        lambda told: ", ".join(tag.nom for tag in told.tags) or None,
        on_screen=False,
    ),
    Column("demande", "Demandé", "montant", _line("montant_demande")),
    Column("accorde", "Accordé", "montant", _line("montant_accorde")),
    Column("cout", "Coût total", "montant", _of_detail("cout_total"), detailed=True),
    Column("ouvert", "Ouvert le", "date", _of_detail("ouvert_le"), detailed=True),
    Column("debut", "Début du projet", "date", _of_detail("date_debut"), detailed=True),
    Column("fin", "Fin du projet", "date", _of_detail("date_fin"), detailed=True),
    Column("seance", "Séance", "texte", lambda told: told.seance or None, detailed=True),
)
BY_KEY: Mapping[str, Column] = {column.key: column for column in COLUMNS}
#: The first column stands always: it leads to the dossier.
FIRST = "dossier"
CHOSEN_FROM = tuple(each.key for each in COLUMNS if each.on_screen and each.key != FIRST)
USUAL = ("etape", "lieu", "referent", "demande", "accorde", "depuis")


def on_screen(keys: Iterable[str]) -> tuple[Column, ...]:
    """The columns of these keys that still exist, the first one always; the usual ones for none."""
    chosen = tuple(BY_KEY[key] for key in keys if key in CHOSEN_FROM)
    return (BY_KEY[FIRST], *(chosen or tuple(BY_KEY[key] for key in USUAL)))


def gone(keys: Iterable[str]) -> tuple[str, ...]:
    """The keys that no column has any more."""
    return tuple(key for key in keys if key not in CHOSEN_FROM)


def tell(
    connection: Connection,
    engine: Engine,
    organisme_id: int,
    lines: Iterable[DossierLine],
    columns: Iterable[Column],
    today: date,
) -> list[Told]:
    """These dossiers with what the columns need: as many queries however many dossiers."""
    lines, wanted = tuple(lines), {column.key for column in columns}
    ids = [line.id for line in lines]
    tags = tags_of(connection, organisme_id, ids)
    details: Mapping[int, Detail] = {}
    if any(BY_KEY[key].detailed for key in wanted):
        details = details_of(connection, organisme_id, ids)
    seances: Mapping[int, str] = {}
    if "seance" in wanted:
        found = (each.seance_id for each in details.values())
        seances = seance_names(connection, organisme_id, found)
    return [
        _told(engine, line, today, details.get(line.id), tuple(tags.get(line.id, ())), seances)
        for line in lines
    ]


def _told(
    engine: Engine,
    line: DossierLine,
    today: date,
    detail: Detail | None,
    tags: tuple[Tag, ...],
    seances: Mapping[int, str],
) -> Told:
    pipeline = engine.catalogue.machine(line.pipeline, line.pipeline_version).pipeline
    named = seances.get(detail.seance_id, "") if detail and detail.seance_id else ""
    since = to_paris(line.stage_since).date()
    return Told(line, pipeline, today, since, detail, tags, named)
