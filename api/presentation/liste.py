"""The list of dossiers: its columns, its rows, its neighbouring pages, its saved views."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from urllib.parse import urlencode

from sqlalchemy import Connection

from api.forms import new_key
from api.presentation.cursors import mark_of, read_cursor, write_cursor
from api.presentation.listed_columns import Column, Told, gone, on_screen, tell
from api.presentation.narrowing import Narrowing, filter_bar
from api.presentation.stages import asks_amounts, badge
from api.presentation.tableau import pipeline_tabs
from api.views.chrome import Link
from api.views.liste import (
    Cell,
    CellKind,
    Export,
    Header,
    ListePage,
    Paging,
    Row,
    Selection,
    TagView,
    VueMenu,
)
from api.views.listing import EmptyState, FilterBar, Tab
from api.views.stages import StageBadge
from grants.dossiers.counters import counts_of
from grants.dossiers.filters import late_before
from grants.dossiers.listes.preferences import Preference
from grants.dossiers.listes.vues import SavedVue
from grants.dossiers.listing import SORTS, Cursor, Sort, page_of, totals_of
from grants.dossiers.lots.preparation import MOST
from grants.organisation.identity import Identity
from grants.organisation.queries import Customs
from workflow.dates import format_date
from workflow.engine import Engine
from workflow.pipeline import Pipeline

PATH = "/liste"
#: The value of `vue` that means: the whole list, whatever view opens first.
EVERYTHING = "toutes"
_Drawing = Callable[[Told, "_Place"], Cell]
_DRAWN: Mapping[str, CellKind] = {"montant": "montant", "date": "date"}


@dataclass(frozen=True, slots=True)
class Looking:
    """How somebody looks at the list: what the address asks for, what he keeps, on which day."""

    narrowing: Narrowing
    query: Mapping[str, str]
    today: date
    customs: Customs
    preference: Preference
    vues: tuple[SavedVue, ...] = ()

    @property
    def vue(self) -> SavedVue | None:
        """The view that the address names, if it is one that may be opened."""
        asked = self.narrowing.pairs.get("vue", "")
        return next((vue for vue in self.vues if str(vue.id) == asked), None)

    @property
    def columns(self) -> tuple[str, ...]:
        """The keys of the columns: the view's, else those chosen."""
        return self.vue.columns if self.vue else self.preference.columns


def liste_page(
    connection: Connection,
    engine: Engine,
    identity: Identity,
    pipeline: Pipeline | None,
    looking: Looking,
) -> ListePage:
    """One page of the list, as the address asks for it."""
    narrowing, organisme_id = looking.narrowing, identity.organisme_id
    sort = _sort_among(read_sort(looking.query), pipeline)
    mark, filters = mark_of(narrowing.pairs), narrowing.filters
    counts = counts_of(connection, organisme_id, filters)
    cursor = _cursor(looking.query, mark, sort)
    page = page_of(connection, organisme_id, filters, sort, pipeline, cursor, counts=counts)
    totals = totals_of(connection, organisme_id, filters, counts)
    about_money = pipeline is None or asks_amounts(pipeline)
    columns = on_screen(looking.columns)
    told = tell(connection, engine, organisme_id, page.lines, columns, looking.today)

    def neighbour(found: Cursor | None) -> str | None:
        word = f"{mark}.{write_cursor(found, sort)}" if found else None
        return word and narrowing.url(PATH, page=word)

    return ListePage(
        tabs=pipeline_tabs(engine, counts.everything, pipeline, PATH),
        filters=_filters(connection, organisme_id, narrowing, pipeline),
        headers=tuple(_header(narrowing, sort, column) for column in columns),
        rows=tuple(_rows(told, columns, looking.customs)),
        paging=Paging(previous_url=neighbour(page.previous), next_url=neighbour(page.next)),
        count=totals.count,
        total_demande=totals.demande if about_money else None,
        total_accorde=totals.accorde if about_money else None,
        menu=_menu(looking),
        exports=_exports(looking),
        selection=_selection(identity, narrowing, mark) if page.lines else None,
        notices=_notices(looking, pipeline),
        empty=None if page.lines else _empty(narrowing),
    )


def read_sort(query: Mapping[str, str]) -> Sort:
    """The sort that an address asks for; an unknown one is the default."""
    key = query.get("tri", "dossier")
    if key not in SORTS:
        return Sort()
    descending = query["sens"] == "desc" if query.get("sens") in ("asc", "desc") else SORTS[key]
    return Sort(key, descending)


def _filters(
    connection: Connection, organisme_id: int, narrowing: Narrowing, pipeline: Pipeline | None
) -> FilterBar:
    """The form that narrows; stages are those of one pipeline."""
    with_stage = pipeline is not None
    return filter_bar(connection, organisme_id, narrowing, PATH, pipeline, with_stage=with_stage)


def _sort_among(sort: Sort, pipeline: Pipeline | None) -> Sort:
    """Stages of several pipelines have no common order."""
    return Sort() if sort.key == "etape" and pipeline is None else sort


def requete_of(narrowing: Narrowing) -> str:
    """The address of a list after its « ? », without the page nor the view."""
    return urlencode({name: value for name, value in narrowing.pairs.items() if name != "vue"})


def vue_url(vue: SavedVue) -> str:
    """The list as a view opens it."""
    return f"{PATH}?vue={vue.id}&{vue.requete}" if vue.requete else f"{PATH}?vue={vue.id}"


def _cursor(query: Mapping[str, str], mark: str, sort: Sort) -> Cursor | None:
    """Where the page starts; a page of other filters, or of another order, is the first one."""
    given, _, word = query.get("page", "").partition(".")
    return read_cursor(word, sort) if given == mark else None


def _header(narrowing: Narrowing, sort: Sort, column: Column) -> Header:
    numeric = column.kind in ("montant", "date")
    if column.key not in SORTS:
        return Header(label=column.label, numeric=numeric)
    mine = column.key == sort.key
    descending = not sort.descending if mine else SORTS[column.key]
    directions = {True: "descending", False: "ascending"}
    return Header(
        label=column.label,
        url=narrowing.url(PATH, tri=column.key, sens="desc" if descending else "asc"),
        direction=directions[sort.descending] if mine else "none",  # ty: ignore[invalid-argument-type]  # literals of the line above
        numeric=numeric,
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """What all the lines of a stage share: how it is shown, and since when one is late there."""

    stage: StageBadge
    limit: date | None


def _rows(told: Sequence[Told], columns: tuple[Column, ...], customs: Customs) -> Iterator[Row]:
    """The lines; what they share is looked up once."""
    limits: dict[tuple[str, int], Mapping[str, date]] = {}
    places: dict[tuple[str, int, str], _Place] = {}
    cells = [_cell_of(column) for column in columns[1:]]
    for each in told:
        version, stage = (each.pipeline.key, each.pipeline.version), each.line.stage
        key = (*version, stage)
        if key not in places:
            if version not in limits:
                limits[version] = late_before(each.pipeline, each.today, customs)
            places[key] = _Place(badge(each.pipeline, stage), limits[version].get(stage))
        yield _row(each, cells, places[key])


def _row(told: Told, cells: Iterable[_Drawing], place: _Place) -> Row:
    line = told.line
    return Row(
        id=line.id,
        url=f"/dossiers/{line.id}",
        reference=line.reference,
        structure=line.carried_by,
        titre=line.titre or "Projet sans titre",
        cells=tuple([cell(told, place) for cell in cells]),
        tags=tuple(
            [
                TagView(label=tag.nom, url=f"{PATH}?vue={EVERYTHING}&etiquette={tag.id}")
                for tag in told.tags
            ]
        ),
    )


def _cell_of(column: Column) -> _Drawing:
    """What tells a column of one dossier after another."""
    key, label, value_of = column.key, column.label, column.value
    if key == "etape":
        return lambda _told, place: Cell("etape", key, label, place.stage)
    if key == "depuis":
        return partial(_since, key, label)
    kind: CellKind = "referent" if key == "referent" else _DRAWN.get(column.kind, "texte")
    # An empty text is nothing to tell; zero euro is something.
    return lambda told, _place: Cell(
        kind, key, label, None if (value := value_of(told)) == "" else value
    )


def _since(key: str, label: str, told: Told, place: _Place) -> Cell:
    days = (told.today - told.since).days
    if place.limit is not None and told.since < place.limit:
        return Cell("retard", key, label, days, "Sans mouvement depuis longtemps")
    return Cell("depuis", key, label, days, format_date(told.since))


def _menu(looking: Looking) -> VueMenu:
    vue, narrowing = looking.vue, looking.narrowing
    requete = requete_of(narrowing)
    whole = Tab(label="Toute la liste", url=f"{PATH}?vue={EVERYTHING}", present=vue is None)
    return VueMenu(
        vues=(
            whole,
            *(
                Tab(
                    label=each.nom,
                    url=vue_url(each),
                    present=vue is not None and each.id == vue.id,
                )
                for each in looking.vues
            ),
        ),
        manage_url=f"{PATH}/vues",
        save_url=narrowing.url(f"{PATH}/vues/nouvelle"),
        columns_url=narrowing.url(f"{PATH}/colonnes"),
        name=vue.nom if vue else "",
        changed=vue is not None and vue.requete != requete,
    )


def _exports(looking: Looking) -> tuple[Export, ...]:
    url = looking.narrowing.url
    return (
        Export(label="Tableur (XLSX), ces colonnes", url=url(f"{PATH}/export.xlsx")),
        Export(
            label="Tableur (XLSX), toutes les colonnes",
            url=url(f"{PATH}/export.xlsx", colonnes="toutes"),
        ),
        Export(label="CSV, ces colonnes", url=url(f"{PATH}/export.csv")),
        Export(label="CSV, toutes les colonnes", url=url(f"{PATH}/export.csv", colonnes="toutes")),
    )


def _selection(identity: Identity, narrowing: Narrowing, mark: str) -> Selection | None:
    if not identity.may_write:
        return None
    return Selection(
        url="/lots", key=new_key(), requete=requete_of(narrowing), scope=mark, most=MOST
    )


def _notices(looking: Looking, pipeline: Pipeline | None) -> tuple[str, ...]:
    """What the address or the view asks for that is gone: the rest is in force."""
    pairs, vue = looking.narrowing.pairs, looking.vue
    asked = pairs.get("vue", "")
    said: list[str] = []
    if asked and asked != EVERYTHING and vue is None:
        said.append("Cette vue n'existe plus, ou n'est plus partagée avec vous.")
    if pipeline is None and pairs.get("dispositif"):
        said.append(f"Le dispositif « {pairs['dispositif'][:40]} » n'existe plus : tous sont là.")
    if pipeline is not None:
        known = {stage.key for stage in pipeline.stages}
        said += [
            f"L'étape « {key[:40]} » n'existe plus dans ce dispositif : le filtre l'ignore."
            for key in pairs.get("etape", "").split(",")[:10]
            if key and key not in known
        ]
    if vue is not None:
        said += [
            f"La colonne « {key[:40]} » de cette vue n'existe plus : elle n'est pas montrée."
            for key in gone(vue.columns)[:10]
        ]
    return tuple(said)


def _empty(narrowing: Narrowing) -> EmptyState:
    if narrowing.narrows:
        return EmptyState(
            title="Aucun dossier ne correspond",
            text="Élargissez la période, ou retirez un filtre.",
            icon="recherche",
            action=Link(label="Tout afficher", url=f"{PATH}?vue={EVERYTHING}"),
        )
    return EmptyState(
        title="Aucun dossier pour l'instant",
        text="Un dossier commence par une prise de contact : un nom, un moyen de rappeler.",
        action=Link(label="Nouveau contact", url="/dossiers/nouveau"),
    )
