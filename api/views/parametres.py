"""Settings of the organisme: identity, logo, team, rules of each dispositif.

The direction changes them; who controls only reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from api.views.chrome import Link
from api.views.fields import FieldView
from api.views.forms import FormView
from api.views.listing import Tab
from api.views.sheets import Entry
from api.views.timeline import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageForm:
    """An image shown, and the form that changes it; `remove_url` only where there is one."""

    url: str
    field: FieldView
    image_url: str | None = None
    remove_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentitePage:
    """The identity and the territory of the organisme, and what was changed in its settings.

    Without `form` nor `logo`, it is only read.
    """

    tabs: tuple[Tab, ...]
    entries: tuple[Entry, ...]
    form: FormView | None
    logo: ImageForm | None
    signature: ImageForm | None
    timeline: Timeline

    @property
    def may_change(self) -> bool:
        """Whether the reader may change it."""
        return self.form is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Collegue:
    """Somebody of the team. `joined` once a password was chosen.

    For oneself, there is no other form than what letters say of one: `coordinates`.
    """

    nom: str
    email: str
    role: str
    active: bool = True
    joined: bool = True
    self: bool = False
    anchor: str = ""
    fonction: str = ""
    telephone: str = ""
    coordinates: tuple[FieldView, ...] = ()
    coordinates_url: str | None = None
    role_field: FieldView | None = None
    role_url: str | None = None
    access_url: str | None = None
    link_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LienMotDePasse:
    """The link to choose a password, to copy: shown this once."""

    nom: str
    email: str
    url: str
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipePage:
    """The team: who may come in and as what. `open` shows the invitation at once.

    Without `invitation`, it is only read.
    """

    tabs: tuple[Tab, ...]
    equipe: tuple[Collegue, ...]
    parties: tuple[Collegue, ...]
    invitation: FormView | None
    roles: tuple[tuple[str, str], ...]
    link: LienMotDePasse | None = None
    error: str = ""
    open: bool = False

    @property
    def may_change(self) -> bool:
        """Whether the reader may change it."""
        return self.invitation is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class DispositifLine:
    """A pipeline and how many of its parameters differ from the defaults."""

    label: str
    description: str
    parameters: int
    changed: int
    diagram_url: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DispositifsPage:
    """The pipelines, each leading to its parameters."""

    tabs: tuple[Tab, ...]
    dispositifs: tuple[DispositifLine, ...]
    may_change: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ParametreView:
    """One parameter: the question, what is in force, the default, who set another value, when.

    `reset_url` goes back to the default; None while it is followed.
    """

    field: FieldView
    value: str
    default: str
    key: str
    changed_by: str = ""
    changed_on: date | None = None
    reset_url: str | None = None

    @property
    def reset_form(self) -> str:
        """The id of the form that goes back to the default."""
        return f"defaut-{self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParametreGroup:
    """Parameters that go together; the first ones need no title. `note`: how to answer."""

    title: str
    note: str
    parametres: tuple[ParametreView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DispositifPage:
    """The parameters of one pipeline, set together."""

    tabs: tuple[Tab, ...]
    label: str
    description: str
    diagram_url: str
    back: Link
    form: FormView
    groups: tuple[ParametreGroup, ...]
    may_change: bool = True

    @property
    def parametres(self) -> tuple[ParametreView, ...]:
        """All of them, in order."""
        return tuple(each for group in self.groups for each in group.parametres)
