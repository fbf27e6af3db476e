"""The organisme: its identity, its logo, the rules of each dispositif. For the direction alone."""

from __future__ import annotations

from starlette.responses import Response

from api.v1 import shapes
from api.v1.contract import Answer, Call, Subject
from api.v1.dispositifs import pipeline_of
from grants.organisation.logo import (
    read_logo,
    read_signature,
    remove_logo,
    remove_signature,
    set_logo,
    set_signature,
)
from grants.organisation.parameters import change_parameters, reset_parameter, settings_of
from grants.organisation.settings import IDENTITY_FIELDS, ORGANISMES, modify_identity
from workflow.errors import NotFound
from workflow.pipeline import Pipeline

subject = Subject("Organisme")


@subject.get("/organisme", "L’identité de l’organisme", shapes.Identite, direction=True)
def identity(call: Call) -> shapes.Identite:
    """The identity and the territory."""
    row = ORGANISMES.read(call.connection, call.organisme_id, call.organisme_id)
    types = call.house.engine.vocabulary.field_types
    return {
        "fiche": {
            field.key: None
            if row[field.key] in (None, "")
            else types[field.type].form(row[field.key])
            for field in IDENTITY_FIELDS
        },
        "logo": row["logo_type"] is not None,
        "signature": row["signature_type"] is not None,
        "version": row["seq"],
    }


@subject.put(
    "/organisme",
    "Changer l’identité de l’organisme",
    shapes.Identite,
    asks=IDENTITY_FIELDS,
    versioned=True,
    direction=True,
    example={"nom": "Aide 34", "departements": "34, 30", "territoire": "metropole"},
)
def change_identity(call: Call) -> shapes.Identite:
    """Keep the whole identity. Raises Invalid, Stale."""
    types = call.house.engine.vocabulary.field_types
    modify_identity(call.session, types, call.identity, call.body, call.now, call.version)
    return identity(call)


@subject.get("/organisme/logo", "Le logo", None, media=("image/png", "image/jpeg"))
def logo(call: Call) -> Answer:
    """The image itself. Raises NotFound without one."""
    found = read_logo(call.connection, call.organisme_id)
    if found is None:
        raise NotFound
    headers = {"Cache-Control": "private, no-cache"}
    return Answer(file=Response(found.content, media_type=found.type, headers=headers))


@subject.put("/organisme/logo", "Changer le logo", shapes.Identite, takes="image", direction=True)
def change_logo(call: Call) -> shapes.Identite:
    """Take a new logo: a PNG or a JPEG as the body. Raises Invalid."""
    set_logo(call.session, call.identity, call.content, call.now)
    return identity(call)


@subject.delete("/organisme/logo", "Retirer le logo", shapes.Identite, direction=True)
def drop_logo(call: Call) -> shapes.Identite:
    """Go without a logo."""
    remove_logo(call.session, call.identity, call.now)
    return identity(call)


@subject.get(
    "/organisme/signature",
    "La signature",
    None,
    media=("image/png", "image/jpeg"),
    direction=True,
    confidential=True,
)
def signature(call: Call) -> Answer:
    """The image itself, for the direction alone. Raises NotFound without one."""
    found = read_signature(call.connection, call.organisme_id)
    if found is None:
        raise NotFound
    headers = {"Cache-Control": "no-store"}
    return Answer(file=Response(found.content, media_type=found.type, headers=headers))


@subject.put(
    "/organisme/signature", "Changer la signature", shapes.Identite, takes="image", direction=True
)
def change_signature(call: Call) -> shapes.Identite:
    """Take a new signature: a PNG or a JPEG as the body. Raises Invalid."""
    set_signature(call.session, call.identity, call.content, call.now)
    return identity(call)


@subject.delete("/organisme/signature", "Retirer la signature", shapes.Identite, direction=True)
def drop_signature(call: Call) -> shapes.Identite:
    """Go without a signature."""
    remove_signature(call.session, call.identity, call.now)
    return identity(call)


@subject.get(
    "/organisme/dispositifs/{key}",
    "Les règles d’un dispositif",
    shapes.Parametres,
    direction=True,
)
def parameters(call: Call) -> shapes.Parametres:
    """Each parameter, its value and its default. Raises NotFound."""
    pipeline, types = _pipeline(call), call.house.engine.vocabulary.field_types
    row = ORGANISMES.read(call.connection, call.organisme_id, call.organisme_id)
    found = settings_of(call.connection, call.organisme_id, pipeline, types)
    return {
        "dispositif": pipeline.key,
        "parametres": [
            {
                "cle": each.parameter.key,
                "libelle": each.parameter.label,
                "valeur": types[each.parameter.type].form(each.value),
                "defaut": types[each.parameter.type].form(each.default),
                "propre": each.overridden,
            }
            for each in found
        ],
        "version": row["seq"],
    }


@subject.patch(
    "/organisme/dispositifs/{key}",
    "Changer les règles d’un dispositif",
    shapes.Parametres,
    asks=None,
    versioned=True,
    direction=True,
    example={"plafond": "23000,00"},
)
def set_parameters(call: Call) -> shapes.Parametres:
    """Keep the parameters that are sent. Raises Invalid, NotFound, Stale."""
    types = call.house.engine.vocabulary.field_types
    change_parameters(
        call.session, types, call.identity, _pipeline(call), call.body, call.now, call.version
    )
    return parameters(call)


@subject.delete(
    "/organisme/dispositifs/{key}/{parameter}",
    "Revenir à la valeur par défaut",
    shapes.Parametres,
    direction=True,
)
def follow_default(call: Call) -> shapes.Parametres:
    """Follow the default of a parameter again. Raises NotFound."""
    types = call.house.engine.vocabulary.field_types
    name, pipeline = call.path["parameter"], _pipeline(call)
    reset_parameter(call.session, types, call.identity, pipeline, name, call.now)
    return parameters(call)


def _pipeline(call: Call) -> Pipeline:
    """A pipeline that has parameters. Raises NotFound."""
    pipeline = pipeline_of(call.house.engine, call.path["key"])
    if not pipeline.parameters:
        raise NotFound
    return pipeline
