"""The saved views of the list as their pages show them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from api.presentation.liste import PATH, Looking, requete_of, vue_url
from api.presentation.listed_columns import on_screen
from api.presentation.narrowing import filter_bar
from api.views.chrome import Link
from api.views.fields import FieldView
from api.views.listing import EmptyState
from api.views.vues import NewVuePage, VueLine, VuesPage
from grants.dossiers.listes.vues import LONGEST_NAME, SavedVue, may_change
from grants.organisation.identity import Identity
from workflow.pipeline import Pipeline

VUES = f"{PATH}/vues"


def vues_page(
    identity: Identity,
    looking: Looking,
    faults: Mapping[str, str] | None = None,
    typed: tuple[int, str] | None = None,
) -> VuesPage:
    """Every view; the one whose form came back is open, with what was typed."""
    return VuesPage(
        lines=tuple(_line(identity, looking, vue, faults or {}, typed) for vue in looking.vues),
        back=Link(label="Liste", url=f"{PATH}?vue=toutes"),
        empty=None if looking.vues else _nothing(),
    )


def new_vue_page(
    connection: Connection,
    identity: Identity,
    pipeline: Pipeline | None,
    looking: Looking,
    faults: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> NewVuePage:
    """The form that keeps what is on screen under a name."""
    narrowing, typed, faults = looking.narrowing, typed or {}, faults or {}
    columns = on_screen(looking.columns)
    bar = filter_bar(connection, identity.organisme_id, narrowing, PATH, pipeline, with_stage=True)
    told = [chip.label for chip in bar.chips]
    if pipeline is not None:
        told.insert(0, pipeline.label)
    shown = ", ".join(column.label for column in columns)
    vue = looking.vue
    requete = requete_of(narrowing)
    return NewVuePage(
        url=VUES,
        requete=requete,
        colonnes=",".join(column.key for column in columns[1:]),
        tells=(" · ".join(told) or "Tous les dossiers", f"Colonnes : {shown}"),
        fields=_fields(identity, typed, faults),
        back=Link(label="Liste", url=f"{PATH}?{requete or 'vue=toutes'}"),
        replaced=_line(identity, looking, vue, {}, None)
        if vue is not None and may_change(identity, vue)
        else None,
    )


def _fields(
    identity: Identity, typed: Mapping[str, str], faults: Mapping[str, str]
) -> tuple[FieldView, ...]:
    asked = [
        FieldView(
            name="nom",
            label="Nom de la vue",
            value=typed.get("nom", ""),
            required=True,
            placeholder="Mes dossiers à relancer",
            error=faults.get("nom", ""),
            longest=LONGEST_NAME,
        ),
        FieldView(
            name="premiere",
            label="L’ouvrir d’abord quand j’arrive sur la liste",
            type="case",
            value=typed.get("premiere", ""),
        ),
    ]
    if identity.may_write:
        shared = FieldView(
            name="partagee",
            label="La partager avec tout l’organisme",
            type="case",
            value=typed.get("partagee", ""),
        )
        asked.insert(1, shared)
    return tuple(asked)


def _line(
    identity: Identity,
    looking: Looking,
    vue: SavedVue,
    faults: Mapping[str, str],
    typed: tuple[int, str] | None,
) -> VueLine:
    url, first = f"{VUES}/{vue.id}", looking.preference.vue_id == vue.id
    mine = vue.compte_id == identity.compte_id
    seen = "partagée avec l’organisme" if vue.partagee else "visible de vous seul"
    came_back = typed is not None and typed[0] == vue.id
    line = VueLine(
        nom=vue.nom,
        url=vue_url(vue),
        tells=f"À vous, {seen}" if mine else f"Partagée par {vue.owner}",
        first=first,
        first_url=f"{url}/premiere",
    )
    if not may_change(identity, vue):
        return line
    return VueLine(
        nom=line.nom,
        url=line.url,
        tells=line.tells,
        first=first,
        first_url=line.first_url,
        rename_url=f"{url}/nom",
        delete_url=f"{url}/supprimer",
        replace_url=f"{url}/contenu",
        name=_name(
            vue,
            typed[1] if typed is not None and came_back else vue.nom,
            faults.get("nom", "") if came_back else "",
        ),
        shared=_shared(vue) if identity.may_write else None,
        open=came_back,
    )


def _name(vue: SavedVue, value: str, error: str) -> FieldView:
    return FieldView(
        name="nom",
        label="Nom",
        value=value,
        required=True,
        error=error,
        longest=LONGEST_NAME,
        scope=f"vue-{vue.id}",
    )


def _shared(vue: SavedVue) -> FieldView:
    return FieldView(
        name="partagee",
        label="Partagée avec tout l’organisme",
        type="case",
        value="oui" if vue.partagee else "",
        scope=f"vue-{vue.id}",
    )


def _nothing() -> EmptyState:
    return EmptyState(
        title="Aucune vue enregistrée",
        text="Filtrez la liste, choisissez ses colonnes, puis « Enregistrer cette vue ».",
        icon="liste",
        action=Link(label="Ouvrir la liste", url=f"{PATH}?vue=toutes"),
    )
