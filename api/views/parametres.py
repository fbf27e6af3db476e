"""Settings of the organisme, for its direction: identity, logo, team, rules of each dispositif."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from api.views.chrome import Link
from api.views.fields import FieldView
from api.views.forms import FormView
from api.views.listing import Tab
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
    """The identity and the territory of the organisme, and what was changed in its settings."""

    tabs: tuple[Tab, ...]
    form: FormView
    logo: ImageForm
    signature: ImageForm
    timeline: Timeline


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
    """The team: who may come in and as what. `open` shows the invitation at once."""

    tabs: tuple[Tab, ...]
    equipe: tuple[Collegue, ...]
    parties: tuple[Collegue, ...]
    invitation: FormView
    roles: tuple[tuple[str, str], ...]
    link: LienMotDePasse | None = None
    error: str = ""
    open: bool = False


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ParametreView:
    """One parameter: the question, the default, and who set another value, when.

    `reset_url` goes back to the default; None while it is followed.
    """

    field: FieldView
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
class DispositifPage:
    """The parameters of one pipeline, set together."""

    tabs: tuple[Tab, ...]
    label: str
    description: str
    diagram_url: str
    back: Link
    form: FormView
    parametres: tuple[ParametreView, ...]
