"""Structures: the list, one of them with its people and dossiers, and its fiche as a form."""

from __future__ import annotations

from dataclasses import dataclass

from api.views.adresses import StoppedAddress
from api.views.chrome import Link
from api.views.dossier_rows import DossierRows
from api.views.forms import FormPage, FormView
from api.views.liste import Paging
from api.views.listing import EmptyState, FilterBar
from api.views.merging import AidTable, MergeLine, SharedPiece
from api.views.nouveau import StructureProche
from api.views.sheets import Entry
from api.views.timeline import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureRow:
    """One structure on the list. `numero` is its SIRET, else its RNA, already written."""

    url: str
    nom: str
    forme: str = ""
    secteur: str = ""
    lieu: str = ""
    numero: str = ""
    dossiers: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StructuresPage:
    """The list, by name."""

    filters: FilterBar
    rows: tuple[StructureRow, ...]
    count: int
    paging: Paging
    new_url: str | None = None
    empty: EmptyState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactView:
    """Somebody of the structure. `telephone` as it is read, `telephone_uri` as it is dialled."""

    nom: str
    fonction: str = ""
    email: str = ""
    telephone: str = ""
    telephone_uri: str = ""
    edit_url: str | None = None
    stopped: StoppedAddress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StructurePage:
    """A structure. `contact_form` adds a contact; `contact_open` shows it at once.

    `new_url` opens a dossier for it. `doubles` may be the same structure recorded twice,
    `merges` those that it absorbed. `notice` says why nothing was done.
    """

    nom: str
    lead: str
    entries: tuple[Entry, ...]
    contacts: tuple[ContactView, ...]
    dossiers: DossierRows
    timeline: Timeline
    back: Link
    edit_url: str | None = None
    new_url: str | None = None
    contact_form: FormView | None = None
    contact_open: bool = False
    aid: AidTable | None = None
    pieces: tuple[SharedPiece, ...] = ()
    doubles: tuple[StructureProche, ...] = ()
    merges: tuple[MergeLine, ...] = ()
    merge_url: str | None = None
    notice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureFormPage(FormPage):
    """The fiche as a form. `warnings` are the structures that may be the one being typed."""

    warnings: tuple[StructureProche, ...] = ()
    may_continue: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFormPage(FormPage):
    """A contact as a form; `remove_url` takes the personne off the structure.

    `stopped`: his address is written to no more; `stop_url` is where that is noted.
    """

    remove_url: str
    structure: str
    stopped: StoppedAddress | None = None
    stop_url: str = ""
