"""Settings of the organisme: identity, team and parameters, as their pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from api.presentation.fields import Asking, question, questions
from api.presentation.ledgers import story_of
from api.views.chrome import Link
from api.views.fields import FieldGroup, FieldView
from api.views.forms import FormView
from api.views.listing import Tab
from api.views.parametres import (
    Collegue,
    DispositifLine,
    DispositifPage,
    DispositifsPage,
    EquipePage,
    IdentitePage,
    ImageForm,
    LienMotDePasse,
    ParametreGroup,
    ParametreView,
)
from api.views.sheets import Entry
from api.views.timeline import Timeline
from api.visit import Visit
from grants.organisation.accounts import Colleague, list_colleagues
from grants.organisation.colleagues import COORDINATES, INVITATION_FIELDS, ROLE_FIELD
from grants.organisation.identity import Identity
from grants.organisation.logo import FIELD as LOGO
from grants.organisation.logo import SIGNATURE
from grants.organisation.parameters import EVENT, Setting, asked_by, settings_of
from grants.organisation.roles import ROLES
from grants.organisation.settings import IDENTITY_FIELDS, ORGANISMES
from workflow.dates import to_paris
from workflow.engine import Engine
from workflow.journal_reading import Line
from workflow.own_parameters import IDLE, REMINDS
from workflow.pipeline import Field, Pipeline
from workflow.reference_fields import show_telephone

IDENTITE, EQUIPE = "/parametres", "/parametres/equipe"
DISPOSITIFS = "/parametres/dispositifs"
ANNONCES = "/parametres/annonces"
REPRISES = "/parametres/reprises"
MODELES, SANTE = "/parametres/modeles", "/parametres/sante"
INVITATION = "invitation"

_GROUPS = (
    ("L'organisme", ("nom", "sigle", "adresse", "ville", "telephone", "email", "site")),
    ("Les courriers", ("signataire", "signataire_qualite", "embleme_europe", "embleme_france")),
    ("Le territoire", ("departements", "territoire")),
)
_PERSON = {
    "nom": Field(key="nom", label="Nom", type="texte"),
    "email": Field(key="email", label="E-mail", type="email"),
    "role": ROLE_FIELD,
    "active": Field(key="active", label="Accès ouvert", type="oui_non"),
    **{field.key: field for field in COORDINATES},
    "url": Field(key="url", label="Adresse", type="texte"),
}
_IDENTITY = {field.key: field for field in IDENTITY_FIELDS}
_OF_IDENTITY = ("organisme_cree", "organisme_modifie")
_ABOUT = ("role_change", "acces_retire", "acces_rendu", "coordonnees_changees")

#: How the parameters are put together, by what their keys begin with.
_SECTIONS = {
    "": ("", ""),
    IDLE: ("Alertes sans mouvement", ""),
    REMINDS: (
        "Relances",
        "Des délais séparés par des virgules, ou « jamais ». Un changement vaut pour les dossiers "
        "qui entrent ensuite dans l’étape.",
    ),
}

#: What each role may do, in the words of the invitation.
ROLE_NOTES = {
    "direction": "tout, y compris ces paramètres et la résiliation d'une convention",
    "charge_de_mission": "accompagne les porteurs et fait avancer les dossiers",
    "assistant": "rendez-vous, pièces, conventions et bilans",
    "lecteur": "consulte tout, ne modifie rien",
}


@dataclass(frozen=True, slots=True)
class Came:
    """What came back to a page of settings: the version seen, a conflict, an error, a link."""

    version: int | None = None
    conflict: str = ""
    error: str = ""
    link: LienMotDePasse | None = None


def tabs(present: str) -> tuple[Tab, ...]:
    """The pages of the settings."""
    pages = (
        (IDENTITE, "Organisme"),
        (EQUIPE, "Équipe"),
        (DISPOSITIFS, "Dispositifs"),
        (MODELES, "Modèles"),
        (REPRISES, "Reprendre des données"),
        (ANNONCES, "Annonces"),
        (SANTE, "Santé"),
    )
    return tuple(Tab(label=label, url=url, present=url == present) for url, label in pages)


def identite_page(
    asking: Asking, visit: Visit, came: Came, image_faults: Mapping[str, str] | None = None
) -> IdentitePage:
    """The identity as a form, the logo, the signature, and the story of the settings."""
    faults = image_faults or {}
    row = ORGANISMES.read(asking.connection, asking.organisme_id, asking.organisme_id)
    groups = tuple(
        FieldGroup(title=title, fields=questions(asking, (_IDENTITY[key] for key in keys), row))
        for title, keys in _GROUPS
    )
    form = FormView(
        url=IDENTITE,
        groups=groups,
        submit="Enregistrer",
        lock_version=row["seq"] if came.version is None else came.version,
        conflict=came.conflict,
    )
    types, may_change = asking.engine.vocabulary.field_types, visit.identity.may_direct
    signature = _image(SIGNATURE, _signature_url(row), faults.get(SIGNATURE, ""))
    return IdentitePage(
        tabs=tabs(IDENTITE),
        form=form if may_change else None,
        entries=tuple(
            Entry(label=each.label, value=types[each.type].display(row[each.key], each))
            for each in IDENTITY_FIELDS
        ),
        logo=_image(LOGO, visit.logo_url, faults.get(LOGO, "")) if may_change else None,
        signature=signature if may_change else None,
        timeline=_story(asking),
    )


def equipe_page(asking: Asking, visit: Visit, came: Came) -> EquipePage:
    """The team. `asking` carries the invitation that came back, if one did."""
    team = list_colleagues(asking.connection, asking.organisme_id)
    lines = tuple(_collegue(asking, each, visit) for each in team)
    invitation = FormView(
        url=EQUIPE,
        groups=(FieldGroup(fields=questions(asking, INVITATION_FIELDS, {})),),
        submit="Inviter",
    )
    return EquipePage(
        tabs=tabs(EQUIPE),
        equipe=tuple(line for line in lines if line.active),
        parties=tuple(line for line in lines if not line.active),
        invitation=invitation if visit.identity.may_direct else None,
        roles=tuple((label, ROLE_NOTES[role]) for role, label in ROLES.items()),
        link=came.link,
        error=came.error,
        open=bool(asking.faults),
    )


def dispositifs_page(connection: Connection, engine: Engine, identity: Identity) -> DispositifsPage:
    """Every pipeline, with how many parameters the organisme has set otherwise."""
    pipelines = sorted(engine.catalogue.current(), key=lambda each: each.label)
    return DispositifsPage(
        tabs=tabs(DISPOSITIFS),
        dispositifs=tuple(
            _dispositif(connection, engine, identity.organisme_id, each) for each in pipelines
        ),
        may_change=identity.may_direct,
    )


def dispositif_page(asking: Asking, visit: Visit, pipeline: Pipeline, came: Came) -> DispositifPage:
    """The parameters of one pipeline as one form, or as they are for whoever only reads them."""
    types = asking.engine.vocabulary.field_types
    row = ORGANISMES.read(asking.connection, asking.organisme_id, asking.organisme_id)
    settings = settings_of(asking.connection, asking.organisme_id, pipeline, types)
    url = f"{DISPOSITIFS}/{pipeline.key}"
    parametres = tuple(_parametre(asking, each, url) for each in settings)
    fields = tuple(each.field for each in parametres)
    return DispositifPage(
        tabs=tabs(DISPOSITIFS),
        label=pipeline.label,
        description=pipeline.description,
        diagram_url=f"/dispositifs/{pipeline.key}",
        back=Link(label="Dispositifs", url=DISPOSITIFS),
        form=FormView(
            url=url,
            groups=(FieldGroup(fields=fields),) if fields else (),
            submit="Enregistrer",
            lock_version=row["seq"] if came.version is None else came.version,
            conflict=came.conflict,
        ),
        groups=_grouped(parametres),
        may_change=visit.identity.may_direct,
    )


def _signature_url(row: Mapping[str, Any]) -> str | None:
    return f"{IDENTITE}/{SIGNATURE}?v={row['seq']}" if row["signature_type"] else None


def _image(name: str, image_url: str | None, error: str) -> ImageForm:
    field = FieldView(
        name=name,
        label="Fichier",
        type="fichier",
        help="PNG ou JPEG, 1 Mo au plus, de 32 à 2 000 pixels de côté.",
        error=error,
        scope=name,
    )
    url = f"{IDENTITE}/{name}"
    return ImageForm(
        url=url,
        field=field,
        image_url=image_url,
        remove_url=f"{url}/retirer" if image_url else None,
    )


def _story(asking: Asking) -> Timeline:
    """What was changed in the settings, whoever did it."""
    engine = asking.engine

    def field_of(line: Line, key: str) -> Field | None:
        if line.event != EVENT:
            return (_IDENTITY if line.event in _OF_IDENTITY else _PERSON).get(key)
        loaded = engine.catalogue.latest(line.content.get("pipeline", ""))
        parameters = loaded.pipeline.parameters if loaded else ()
        return next((each.as_field() for each in parameters if each.key == key), None)

    def title(line: Line) -> str:
        label = ORGANISMES.label(line.event)
        if line.event in _ABOUT and "nom" in line.content:
            return f"{label} : {line.content['nom']}"
        loaded = engine.catalogue.latest(line.content.get("pipeline", ""))
        return f"{label} : {loaded.pipeline.label}" if loaded else label

    types = engine.vocabulary.field_types
    return story_of(asking.connection, ORGANISMES, asking.organisme_id, field_of, types, title)


def _collegue(asking: Asking, each: Colleague, visit: Visit) -> Collegue:
    self, mine = each.compte_id == visit.identity.compte_id, visit.identity.may_direct
    anchor = f"compte-{each.compte_id}"
    url = f"{EQUIPE}/{each.compte_id}"
    offered = mine and not self
    calm = Asking(asking.connection, asking.engine, asking.organisme_id, scope=anchor)
    return Collegue(
        nom=each.nom,
        email=each.email,
        role=ROLES.get(each.role, each.role),
        active=each.active,
        joined=each.joined,
        self=self,
        anchor=anchor,
        fonction=each.fonction or "",
        telephone=show_telephone(each.telephone) if each.telephone else "",
        coordinates=_coordinates(asking, each, anchor) if mine and each.active else (),
        coordinates_url=f"{url}/coordonnees" if mine and each.active else None,
        role_field=question(calm, ROLE_FIELD, each.role) if offered and each.active else None,
        role_url=f"{url}/role" if offered and each.active else None,
        access_url=f"{url}/{'retirer' if each.active else 'rendre'}" if offered else None,
        link_url=f"{url}/lien" if offered and each.active and not each.elsewhere else None,
    )


def _coordinates(asking: Asking, each: Colleague, anchor: str) -> tuple[FieldView, ...]:
    calm = Asking(asking.connection, asking.engine, asking.organisme_id, scope=f"{anchor}-dit")
    known = {"fonction": each.fonction, "telephone": each.telephone}
    return questions(calm, COORDINATES, known)


def _dispositif(
    connection: Connection, engine: Engine, organisme_id: int, pipeline: Pipeline
) -> DispositifLine:
    types = engine.vocabulary.field_types
    settings = settings_of(connection, organisme_id, pipeline, types)
    return DispositifLine(
        label=pipeline.label,
        description=pipeline.description,
        parameters=len(settings),
        changed=sum(each.overridden for each in settings),
        diagram_url=f"/dispositifs/{pipeline.key}",
        url=f"{DISPOSITIFS}/{pipeline.key}" if settings else None,
    )


def _grouped(parametres: tuple[ParametreView, ...]) -> tuple[ParametreGroup, ...]:
    """The rules of the file, then what its stages wait for, then when they remind."""
    groups: dict[str, list[ParametreView]] = {name: [] for name in _SECTIONS}
    for each in parametres:
        groups[next(name for name in reversed(_SECTIONS) if each.key.startswith(name))].append(each)
    return tuple(
        ParametreGroup(title=title, note=note, parametres=tuple(groups[name]))
        for name, (title, note) in _SECTIONS.items()
        if groups[name]
    )


def _parametre(asking: Asking, setting: Setting, url: str) -> ParametreView:
    parameter, last = setting.parameter, setting.last
    kind = asking.engine.vocabulary.field_types[parameter.type]
    return ParametreView(
        field=question(asking, asked_by(parameter), setting.value),
        value=kind.display(setting.value, parameter.as_field()),
        default=kind.display(setting.default, parameter.as_field()),
        key=parameter.key,
        changed_by=last.actor_name if last else "",
        changed_on=to_paris(last.at).date() if last else None,
        reset_url=f"{url}/{parameter.key}/defaut" if setting.overridden else None,
    )
