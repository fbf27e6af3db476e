"""The list of interventions: what narrows it, its lines, what they come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from sqlalchemy import Connection

from api.presentation.fields import Asking
from api.presentation.interventions import HOME, LIST, line_view, tabs, total_view
from api.views.chrome import Link
from api.views.fields import Choice, FieldView
from api.views.interventions import InterventionsPage
from api.views.liste import Paging
from api.views.listing import Chip, EmptyState, FilterBar
from grants.dossiers.reading import read_subject
from grants.interventions.fields import NATURES, dispositifs_of
from grants.interventions.queries import Kept, page_of, those_who_noted, total_of
from grants.interventions.structures import proposed_names, structure_typed
from grants.organisation.identity import Identity
from grants.structures.vocabulary import structure_label
from workflow.database import LARGEST_ID
from workflow.dates import DateFault, format_date, parse_date
from workflow.engine import Engine
from workflow.errors import NotFound

EXPORTS = (("xlsx", "Classeur (XLSX)"), ("csv", "Texte (CSV)"))
#: What an address may narrow the list by.
NAMES = ("qui", "structure", "dispositif", "nature", "du", "au", "dossier")
AFTER = "apres"
_LONGEST_ID = 18
_UNKNOWN = "Cette valeur n’est pas connue ici."
_BACKWARDS = "La période finit avant de commencer. Corrigez l’une des deux dates."


@dataclass(frozen=True, slots=True)
class Looked:
    """What an address asks for, as it was typed and as it was understood; what is wrong in it."""

    kept: Kept
    query: Mapping[str, str]
    faults: Mapping[str, str]


def read_looked(
    connection: Connection, engine: Engine, organisme_id: int, query: Mapping[str, str]
) -> Looked:
    """An address → what it keeps, with every fault by name."""
    asked = {name: query[name].strip() for name in NAMES if query.get(name, "").strip()}
    given, faults = structure_typed(connection, organisme_id, asked)
    ids = {
        name: row_id(str(given[name])) for name in ("qui", "structure", "dossier") if name in given
    }
    days: dict[str, date] = {}
    for name in ("du", "au"):
        try:
            if name in asked:
                days[name] = parse_date(asked[name])
        except DateFault as fault:
            faults[name] = str(fault)
    known = {"dispositif": dispositifs_of(engine), "nature": NATURES}
    faults |= {name: _UNKNOWN for name, id in ids.items() if id is None}
    faults |= {
        name: _UNKNOWN for name, keys in known.items() if name in asked and asked[name] not in keys
    }
    if len(days) > 1 and days["du"] > days["au"]:
        faults["au"] = _BACKWARDS
    words = {name: asked[name] for name in known if name in asked and name not in faults}
    kept = Kept(
        qui=ids.get("qui"),
        structure=ids.get("structure"),
        dispositif=words.get("dispositif"),
        nature=words.get("nature"),
        du=days.get("du"),
        au=days.get("au"),
        dossier=ids.get("dossier"),
    )
    return Looked(kept, asked, faults)


def row_id(text: str) -> int | None:
    """An id of an address; None for what cannot be one."""
    plain = text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID
    return int(text) if plain and 0 < int(text) <= LARGEST_ID else None


def list_page(
    asking: Asking, identity: Identity, looked: Looked, after: int | None
) -> InterventionsPage:
    """The interventions that the filters keep, latest first."""
    connection, organisme_id = asking.connection, asking.organisme_id
    labels = dispositifs_of(asking.engine)
    found = page_of(connection, organisme_id, looked.kept, after)
    writes = identity.may_write
    return InterventionsPage(
        tabs=tabs(LIST),
        filters=_filters(asking, looked, labels),
        lines=tuple(line_view(each, labels, writes=writes) for each in found.lines),
        total=total_view(total_of(connection, organisme_id, looked.kept)),
        paging=Paging(next_url=_address(looked, {AFTER: str(found.next)}) if found.next else None),
        exports=tuple(
            Link(label=label, url=_address(looked, path=f"{HOME}/export.{ending}"))
            for ending, label in EXPORTS
        ),
        empty=None if found.lines else _nothing(looked),
        fault=" ".join(looked.faults.values()),
    )


def _filters(asking: Asking, looked: Looked, labels: Mapping[str, str]) -> FilterBar:
    people = those_who_noted(asking.connection, asking.organisme_id)

    def choice(name: str, label: str, options: Mapping[str, str]) -> FieldView:
        return FieldView(
            name=name,
            label=label,
            type="choix",
            value=looked.query.get(name, ""),
            choices=tuple(Choice(value=key, label=each) for key, each in options.items()),
            scope="filtre",
        )

    fields = (
        FieldView(
            name="structure",
            label="Structure",
            value=_structure_name(asking, looked),
            placeholder="Nom ou SIRET",
            longest=200,
            suggestions=proposed_names(asking.connection, asking.organisme_id),
            scope="filtre",
        ),
        choice("qui", "Qui", {str(id): nom for id, nom in people}),
        choice("dispositif", "Dispositif", labels),
        choice("nature", "Nature", NATURES),
        *(_day(name, label, looked) for name, label in (("du", "Du"), ("au", "Au"))),
    )
    chips = _chips(asking, looked, labels, {str(id): nom for id, nom in people})
    keep = tuple((name, looked.query[name]) for name in ("dossier",) if name in looked.query)
    return FilterBar(
        url=LIST, fields=fields, chips=chips, reset_url=LIST if chips else None, keep=keep
    )


def _day(name: str, label: str, looked: Looked) -> FieldView:
    value, kept = looked.query.get(name, ""), getattr(looked.kept, name)
    shown = kept.isoformat() if kept is not None else value
    return FieldView(name=name, label=label, type="date", value=shown, scope="filtre")


def _structure_name(asking: Asking, looked: Looked) -> str:
    if looked.kept.structure is None:
        return looked.query.get("structure", "")
    found = structure_label(asking.connection, asking.organisme_id, looked.kept.structure)
    return found or looked.query.get("structure", "")


def _chips(
    asking: Asking, looked: Looked, labels: Mapping[str, str], people: Mapping[str, str]
) -> tuple[Chip, ...]:
    kept, query = looked.kept, looked.query
    told = {
        "structure": _structure_name(asking, looked),
        "qui": people.get(query.get("qui", ""), ""),
        "dispositif": labels.get(kept.dispositif or "", ""),
        "nature": NATURES.get(kept.nature or "", ""),
        "du": f"Depuis le {format_date(kept.du)}" if kept.du else "",
        "au": f"Jusqu’au {format_date(kept.au)}" if kept.au else "",
        "dossier": _dossier_name(asking, kept.dossier),
    }
    return tuple(
        Chip(label=label, remove_url=_address(looked, without=name))
        for name, label in told.items()
        if label and name in query
    )


def _dossier_name(asking: Asking, dossier_id: int | None) -> str:
    if dossier_id is None:
        return ""
    try:
        found = read_subject(
            asking.connection, asking.engine, asking.organisme_id, dossier_id, lock=False
        )
    except NotFound:
        return "Dossier inconnu"
    return f"Dossier {found.row['reference']}"


def _address(
    looked: Looked,
    more: Mapping[str, str] | None = None,
    *,
    without: str = "",
    path: str = LIST,
) -> str:
    asked = {name: value for name, value in looked.query.items() if name != without}
    query = urlencode({**asked, **(more or {})})
    return f"{path}?{query}" if query else path


def _nothing(looked: Looked) -> EmptyState:
    if looked.query:
        return EmptyState(
            title="Aucune intervention ne correspond",
            text="Retirez un filtre, ou élargissez la période.",
            icon="horloge",
            action=Link(label="Tout afficher", url=LIST),
        )
    return EmptyState(
        title="Aucune intervention n’est notée",
        text="Notez le temps passé sur une structure : une ligne suffit.",
        icon="horloge",
        action=Link(label="Noter une intervention", url=HOME),
    )
