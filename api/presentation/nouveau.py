"""« Nouveau contact » : the form, with what was typed and the structures it may be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from api.presentation.fields import Asking, Typed, questions
from api.views.fields import Choice, FieldGroup, FieldView
from api.views.nouveau import NouveauPage, StructureChoisie, StructureProche
from grants.dossiers.first_contact import (
    DOSSIER_FIELDS,
    PORTEUR_FIELDS,
    STRUCTURE_FIELDS,
    SUIVI_FIELDS,
)
from grants.structures.alike import Alike, find_alike
from grants.structures.service import STRUCTURES
from workflow.engine import Engine


def nouveau_page(
    asking: Asking,
    *,
    today: date,
    referent: int | None,
    structure_id: int | None = None,
    pipeline: str | None = None,
    submitted: bool = False,
    key: str | None = None,
) -> NouveauPage:
    """The form; `asking` carries what was typed and the faults."""
    chosen = _chosen(asking.connection, asking.organisme_id, structure_id)
    return NouveauPage(
        url="/dossiers/nouveau",
        check_url="/dossiers/nouveau/proches",
        cancel_url="/tableau",
        dossier=FieldGroup(
            title="La demande",
            fields=_dossier_fields(asking, today, pipeline),
        ),
        porteur=FieldGroup(
            title="Le porteur",
            help="Une adresse ou un numéro : il faut pouvoir le joindre pour fixer un rendez-vous.",
            fields=questions(asking, PORTEUR_FIELDS, {}),
        ),
        structure=FieldGroup(
            title="La structure",
            help="Elle peut ne pas exister encore : laissez alors ces champs vides.",
            fields=() if chosen else questions(asking, STRUCTURE_FIELDS, {}),
        ),
        suivi=FieldGroup(
            title="Le suivi", fields=questions(asking, SUIVI_FIELDS, {"referent": referent})
        ),
        idempotency_key=key or uuid4().hex,
        warnings=()
        if chosen
        else near_structures(asking.connection, asking.organisme_id, asking.typed),
        chosen=chosen,
        submitted=submitted,
    )


def near_structures(
    connection: Connection, organisme_id: int, typed: Typed | None
) -> tuple[StructureProche, ...]:
    """The known structures that what was typed resembles."""
    if not typed:
        return ()
    alike = find_alike(
        connection,
        organisme_id,
        nom=_one(typed, "structure_nom"),
        siret=_one(typed, "structure_siret"),
        rna=_one(typed, "structure_rna"),
        email=_one(typed, "porteur_email"),
    )
    return tuple(_near(each) for each in alike)


def _near(each: Alike) -> StructureProche:
    return StructureProche(
        id=str(each.id),
        nom=each.nom,
        why=each.why,
        commune=each.commune or "",
        siret=each.siret or "",
        rna=each.rna or "",
        url=f"/structures/{each.id}",
    )


def _chosen(connection: Connection, organisme_id: int, id: int | None) -> StructureChoisie | None:
    row: Mapping[str, Any] | None = (
        None if id is None else STRUCTURES.find(connection, organisme_id, id)
    )
    if row is None:
        return None
    return StructureChoisie(
        id=str(row["id"]), nom=row["nom"], commune=row["commune"] or "", siret=row["siret"] or ""
    )


def _dossier_fields(asking: Asking, today: date, pipeline: str | None) -> tuple[FieldView, ...]:
    first = asking.engine.catalogue.current()[0]
    proposed = {"contact_le": today, "pipeline": pipeline or first.key}
    asked = questions(asking, DOSSIER_FIELDS, proposed)
    pipelines = tuple(_pipelines(asking.engine))
    return tuple(
        replace(each, type="choix", choices=pipelines) if each.name == "pipeline" else each
        for each in asked
    )


def _pipelines(engine: Engine) -> Iterable[Choice]:
    for pipeline in engine.catalogue.current():
        yield Choice(value=pipeline.key, label=pipeline.label)


def _one(typed: Typed, name: str) -> str | None:
    value = typed.get(name)
    return value if isinstance(value, str) else None
