"""A dossier: where it stands, what can be done now, all that is known and all that happened."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from api.views.actions import ActionsOnOffer, ActionView
from api.views.adresses import StoppedAddress
from api.views.aujourdhui import Todo
from api.views.drafts import AtHand
from api.views.fields import FieldView
from api.views.heard import HeardAt
from api.views.interventions import InterventionLine, TotalView
from api.views.pieces import PiecesSection
from api.views.plan import PlanSection
from api.views.sheets import Entry, SheetView
from api.views.stages import Avatar, PhaseTone, StageBadge
from api.views.tags import TagsSection
from api.views.timeline import Timeline

StepState = Literal["passee", "presente", "a_venir", "sautee"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PathStep:
    """One stage of the path. `at` is the date of entry. A way out is given only when taken."""

    label: str
    tone: PhaseTone
    state: StepState
    at: date | None = None
    way_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person to call or write to. `telephone` as it is read, `telephone_uri` as it is dialled."""

    nom: str
    role: str = ""
    email: str = ""
    telephone: str = ""
    telephone_uri: str = ""
    url: str | None = None
    stopped: StoppedAddress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureLine:
    """The structure that carries the project, or `None` fields when it does not exist yet."""

    nom: str
    url: str | None = None
    commune: str = ""
    siret: str = ""
    rna: str = ""
    legal_form: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferentForm:
    """Giving the dossier to a colleague."""

    url: str
    field: FieldView
    lock_version: int
    open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Somebody else changed the dossier first. `kept` when the typed values are in the form."""

    who: str
    at: datetime
    what: tuple[str, ...]
    kept: bool = True
    reload_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something that a colleague wrote down."""

    who: Avatar
    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteForm:
    """Writing a note."""

    url: str
    field: FieldView
    idempotency_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallForm:
    """A few questions beside the dossier, folded until somebody needs them."""

    url: str
    title: str
    button: str
    fields: tuple[FieldView, ...]
    idempotency_key: str = ""
    open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierTasks:
    """The tâches of a dossier: to be done, done, and the form that gives one more."""

    open: tuple[Todo, ...] = ()
    done: tuple[Todo, ...] = ()
    form: SmallForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierTime:
    """The time spent on a dossier: its total, the latest interventions, the form of one more."""

    total: TotalView
    lines: tuple[InterventionLine, ...]
    all_url: str
    form: SmallForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EcheanceLine:
    """What will happen by itself: what, when, for whom, and because of what."""

    label: str
    at: date
    why: str = ""
    to: str = ""
    state: Literal["prevue", "en_pause", "en_retard"] = "prevue"


@dataclass(frozen=True, slots=True, kw_only=True)
class RendezVousLine:
    """An appointment."""

    at: datetime
    title: str
    lieu: str = ""
    past: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedDossier:
    """Another dossier tied to this one. `relation` reads « Réorienté vers », « Issu de »."""

    url: str
    reference: str
    titre: str
    pipeline: str
    stage: StageBadge
    relation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationCard:
    """The dossier's consultation and its mission in two lines; `begin_url` where none has begun."""

    state: str = ""
    tone: str = ""
    said: str = ""
    url: str | None = None
    begin_url: str | None = None
    key: str = ""
    mission: str = ""
    mission_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierPage(ActionsOnOffer):
    """The page of a dossier. Actions come in the order shown, the reserved ones among them.

    `public_label` is what the porteur reads; empty when this stage is hidden from the porteur.
    `base_notice` says of what the cap is the cap. `invented` marks figures that a demonstration
    made up (« donnée inventée »). `notice` says why nothing was done; `set_aside` is what was
    typed in a form that this stage no longer shows.
    """

    reference: str
    titre: str
    pipeline: str
    stage: StageBadge
    since: date
    days: int
    public_label: str
    structure: StructureLine
    porteur: Contact | None
    referent: Avatar | None
    path: tuple[PathStep, ...]
    actions: tuple[ActionView, ...]
    sheets: tuple[SheetView, ...]
    timeline: Timeline
    diagram_url: str
    prestataires_url: str | None = None
    consultation: ConsultationCard | None = None
    back_url: str = "/tableau"
    back_label: str = "Tableau"
    montant_demande: int | None = None
    montant_accorde: int | None = None
    plafond: int | None = None
    plafond_notice: str = ""
    late: str = ""
    invented: str = ""
    referent_form: ReferentForm | None = None
    tags: TagsSection = field(default_factory=TagsSection)
    conflict: Conflict | None = None
    notice: str = ""
    set_aside: tuple[Entry, ...] = ()
    notes: tuple[Note, ...] = ()
    note_form: NoteForm | None = None
    echeances: tuple[EcheanceLine, ...] = ()
    reminders_url: str = ""
    rendez_vous: tuple[RendezVousLine, ...] = ()
    appointment_form: SmallForm | None = None
    tasks: DossierTasks | None = None
    time: DossierTime | None = None
    pieces: PiecesSection | None = None
    plan: PlanSection | None = None
    heard: tuple[HeardAt, ...] = ()
    linked: tuple[LinkedDossier, ...] = ()
    link_form: SmallForm | None = None
    at_hand: AtHand | None = None
