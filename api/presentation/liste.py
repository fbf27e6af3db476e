"""The list of dossiers: its columns, its rows, its neighbouring pages."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime

from sqlalchemy import Connection

from api.presentation.narrowing import Narrowing, filter_bar
from api.presentation.stages import badge
from api.presentation.tableau import pipeline_tabs, place
from api.views.chrome import Link
from api.views.liste import Header, ListePage, Paging, Row
from api.views.listing import EmptyState
from api.views.stages import Avatar
from grants.dossiers.board import DossierLine
from grants.dossiers.filters import is_late, late_before
from grants.dossiers.listing import SORTS, Cursor, Sort, page_of, totals_of
from grants.organisation.queries import Customs
from workflow.database import LARGEST_ID
from workflow.dates import FIRST_YEAR, to_paris
from workflow.engine import Engine
from workflow.pipeline import Pipeline

PATH = "/liste"
LONGEST_CURSOR = 800
_COLUMNS = (
    ("dossier", "Dossier", False),
    ("etape", "Étape", False),
    ("lieu", "Lieu", False),
    ("referent", "Référent", False),
    ("demande", "Demandé", True),
    ("accorde", "Accordé", True),
    ("depuis", "Depuis", True),
)


def liste_page(
    connection: Connection,
    engine: Engine,
    organisme_id: int,
    pipeline: Pipeline | None,
    narrowing: Narrowing,
    query: Mapping[str, str],
    today: date,
    customs: Customs,
) -> ListePage:
    """One page of the list, as the address asks for it."""
    sort = read_sort(query)
    if sort.key == "etape" and pipeline is None:
        # Stages of several pipelines have no common order.
        sort = Sort()
    cursor = read_cursor(query.get("page"), sort)
    filters = narrowing.filters
    page = page_of(connection, organisme_id, filters, sort, pipeline, cursor)
    totals = totals_of(connection, organisme_id, filters)

    def neighbour(found: Cursor | None) -> str | None:
        return None if found is None else narrowing.url(PATH, page=write_cursor(found, sort))

    return ListePage(
        tabs=pipeline_tabs(connection, engine, organisme_id, pipeline, PATH),
        filters=filter_bar(
            connection, organisme_id, narrowing, PATH, pipeline, with_stage=pipeline is not None
        ),
        headers=tuple(_header(narrowing, sort, *column) for column in _COLUMNS),
        rows=tuple(_row(engine, line, today, customs) for line in page.lines),
        paging=Paging(previous_url=neighbour(page.previous), next_url=neighbour(page.next)),
        count=totals.count,
        total_demande=totals.demande,
        total_accorde=totals.accorde,
        empty=None if page.lines else _empty(narrowing),
    )


def read_sort(query: Mapping[str, str]) -> Sort:
    """The sort that an address asks for; an unknown one is the default."""
    key = query.get("tri", "dossier")
    if key not in SORTS:
        return Sort()
    descending = query["sens"] == "desc" if query.get("sens") in ("asc", "desc") else SORTS[key]
    return Sort(key, descending)


def write_cursor(cursor: Cursor, sort: Sort) -> str:
    """A cursor of a sort as an opaque word of an address."""
    values = [sort.key, cursor.value, cursor.id, cursor.backwards]
    text = json.dumps(values, separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(word: str | None, sort: Sort) -> Cursor | None:
    """The cursor of an address; the first page for any other word, another sort's included."""
    if not word or len(word) > LONGEST_CURSOR:
        return None
    try:
        padded = word + "=" * (-len(word) % 4)
        key, value, id, backwards = json.loads(base64.urlsafe_b64decode(padded))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        return None
    numeric = sort.key in ("dossier", "etape", "demande", "accorde")
    if key != sort.key or not _is_id(id) or not isinstance(backwards, bool):
        return None
    if numeric != _is_whole(value) or (not numeric and not isinstance(value, str)):
        return None
    if not numeric and not (_is_moment(value) if sort.key == "depuis" else _is_text(value)):
        return None
    return Cursor(value, id, backwards)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_ID


def _is_id(value: object) -> bool:
    return _is_whole(value) and isinstance(value, int) and value > 0


def _is_moment(value: str) -> bool:
    try:
        moment = datetime.fromisoformat(value)
        return moment.tzinfo is not None and moment.astimezone(UTC).year >= FIRST_YEAR
    except (ValueError, OverflowError):
        return False


def _is_text(value: str) -> bool:
    """Whether a database can compare with it: neither NUL nor half a character."""
    try:
        return b"\0" not in value.encode()
    except UnicodeEncodeError:
        return False


def _header(narrowing: Narrowing, sort: Sort, key: str, label: str, numeric: bool) -> Header:
    mine = key == sort.key
    descending = not sort.descending if mine else SORTS[key]
    directions = {True: "descending", False: "ascending"}
    return Header(
        label=label,
        url=narrowing.url(PATH, tri=key, sens="desc" if descending else "asc"),
        direction=directions[sort.descending] if mine else "none",  # ty: ignore[invalid-argument-type]  # literals of the line above
        numeric=numeric,
    )


def _row(engine: Engine, line: DossierLine, today: date, customs: Customs) -> Row:
    pipeline = engine.catalogue.machine(line.pipeline, line.pipeline_version).pipeline
    since = to_paris(line.stage_since).date()
    limits = late_before(pipeline, today, customs)
    return Row(
        url=f"/dossiers/{line.id}",
        reference=line.reference,
        structure=line.carried_by,
        titre=line.titre or "Projet sans titre",
        stage=badge(pipeline, line.stage),
        since=since,
        days=(today - since).days,
        lieu=place(line),
        referent=Avatar(nom=line.referent) if line.referent else None,
        montant_demande=line.montant_demande,
        montant_accorde=line.montant_accorde,
        late="Sans mouvement depuis longtemps" if is_late(limits, line.stage, since) else "",
    )


def _empty(narrowing: Narrowing) -> EmptyState:
    if narrowing.narrows:
        return EmptyState(
            title="Aucun dossier ne correspond",
            text="Élargissez la période, ou retirez un filtre.",
            icon="recherche",
            action=Link(label="Tout afficher", url=PATH),
        )
    return EmptyState(
        title="Aucun dossier pour l'instant",
        text="Un dossier commence par une prise de contact : un nom, un moyen de rappeler.",
        action=Link(label="Nouveau contact", url="/dossiers/nouveau"),
    )
