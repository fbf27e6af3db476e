"""Structures: what the services and queries say, as their pages show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from api.forms import new_key
from api.presentation.adresses import stop_url, stopped_among
from api.presentation.dossier_rows import dossier_rows
from api.presentation.fields import Asking, questions
from api.presentation.ledgers import story_of
from api.presentation.merging import duplicates_of, merge_lines
from api.presentation.structure_around import aid_table, shared_pieces
from api.presentation.structure_list import LIST
from api.views.adresses import StoppedAddress
from api.views.chrome import Link
from api.views.fields import FieldGroup
from api.views.forms import FormView
from api.views.nouveau import StructureProche
from api.views.sheets import Entry
from api.views.structures import (
    ContactFormPage,
    ContactView,
    StructureFormPage,
    StructurePage,
)
from api.visit import Visit
from grants.dossiers.gathered import counts_by_structure, dossiers_of_structure
from grants.structures.alike import Alike, find_alike
from grants.structures.contacts import CONTACT_FIELDS, ContactLine, contacts_of
from grants.structures.nomenclature import nomenclature_label
from grants.structures.service import STRUCTURE_FIELDS, STRUCTURES, answers_of, field_of_column
from workflow.engine import Engine
from workflow.fields import FieldType
from workflow.pipeline import Field
from workflow.reference_fields import show_siret, show_telephone

_BACK = Link(label="Structures", url=LIST)
_CONTACT = {field.key: field for field in CONTACT_FIELDS}
_GROUPS = (
    ("Identité", ("nom", "forme_juridique", "siret", "rna", "secteur", "effectif")),
    ("Où la trouver", ("adresse", "code_postal", "commune", "departement")),
    ("La joindre", ("telephone", "email", "site")),
)
_WIDE = frozenset({"adresse"})


def structure_page(
    connection: Connection,
    engine: Engine,
    visit: Visit,
    id: int,
    asking: Asking | None = None,
    notice: str = "",
) -> StructurePage:
    """A structure. `asking` carries the contact that is being added, when it came back."""
    identity, types = visit.identity, engine.vocabulary.field_types
    row = STRUCTURES.read(connection, identity.organisme_id, id)
    lines = dossiers_of_structure(connection, identity.organisme_id, id)
    here = asking or Asking(connection, engine, identity.organisme_id, scope="contact")
    known = contacts_of(connection, id)
    stopped = stopped_among(connection, identity, (each.email for each in known), f"{LIST}/{id}")
    return StructurePage(
        nom=row["nom"],
        lead=" · ".join(filter(None, (nomenclature_label(row["forme_juridique"]), row["commune"]))),
        entries=_entries(row, types),
        contacts=tuple(_contact(id, line, stopped, identity.may_write) for line in known),
        dossiers=dossier_rows(engine, lines, "Dossiers de la structure", by_structure=False),
        timeline=story_of(connection, STRUCTURES, id, lambda _, key: _question(key), types),
        back=_BACK,
        edit_url=f"{LIST}/{id}/modifier" if identity.may_write else None,
        new_url=f"/dossiers/nouveau?structure={id}" if identity.may_write else None,
        contact_form=_contact_form(here, id) if identity.may_write else None,
        contact_open=asking is not None,
        aid=aid_table(connection, engine, visit, id),
        pieces=shared_pieces(connection, engine, visit, id, lines),
        doubles=_doubles(connection, row) if identity.may_write else (),
        merges=merge_lines(connection, visit, id),
        merge_url=f"{LIST}/{id}/fusionner" if identity.may_write else None,
        notice=notice,
    )


def _doubles(connection: Connection, row: Mapping[str, Any]) -> tuple[StructureProche, ...]:
    """The structures that may be this one recorded twice, each leading to the comparison."""
    alike = duplicates_of(connection, row["organisme_id"], row)
    counts = counts_by_structure(connection, row["organisme_id"], [each.id for each in alike])
    url = f"{LIST}/{row['id']}/fusionner?avec="
    return tuple(
        replace(_near(each, counts.get(each.id, 0)), url=f"{url}{each.id}") for each in alike
    )


def structure_form(
    asking: Asking,
    form: FormView,
    row: Mapping[str, Any] | None,
    *,
    may_continue: bool = False,
) -> StructureFormPage:
    """The fiche as a form: empty, or with what is known. `form` carries where it goes."""
    groups = tuple(
        FieldGroup(title=title, fields=questions(asking, _fields(keys), _known(row)))
        for title, keys in _GROUPS
    )
    back = _BACK if row is None else Link(label=row["nom"], url=f"{LIST}/{row['id']}")
    return StructureFormPage(
        title="Nouvelle structure" if row is None else f"Modifier {row['nom']}",
        form=FormView(
            url=form.url,
            groups=groups,
            submit=form.submit,
            cancel_url=back.url,
            idempotency_key=form.idempotency_key,
            lock_version=form.lock_version,
            conflict=form.conflict,
        ),
        back=back,
        warnings=near_structures(asking, row) if may_continue or asking.faults else (),
        may_continue=may_continue,
    )


def near_structures(asking: Asking, row: Mapping[str, Any] | None) -> tuple[StructureProche, ...]:
    """The other structures that what was typed resembles, with how many dossiers they have."""
    typed = {key: value for key, value in (asking.typed or {}).items() if isinstance(value, str)}
    alike = find_alike(
        asking.connection,
        asking.organisme_id,
        nom=typed.get("nom"),
        siret=typed.get("siret"),
        rna=typed.get("rna"),
        email=typed.get("email"),
        apart_from=row["id"] if row else None,
    )
    ids = [each.id for each in alike]
    counts = counts_by_structure(asking.connection, asking.organisme_id, ids)
    return tuple(_near(each, counts.get(each.id, 0)) for each in alike)


def contact_page(
    asking: Asking,
    structure: Mapping[str, Any],
    contact: ContactLine,
    version: int,
    stopped: StoppedAddress | None,
    conflict: str = "",
) -> ContactFormPage:
    """One contact of a structure as a form."""
    url = f"{LIST}/{structure['id']}/contacts/{contact.id}"
    known = {key: getattr(contact, key) for key in _CONTACT}
    fields = questions(asking, CONTACT_FIELDS, known)
    back = Link(label=structure["nom"], url=f"{LIST}/{structure['id']}")
    return ContactFormPage(
        title=contact.nom,
        lead="Ces coordonnées sont celles de la personne, dans tous ses dossiers.",
        back=back,
        form=FormView(
            url=url,
            groups=(FieldGroup(fields=fields),),
            submit="Enregistrer",
            cancel_url=back.url,
            lock_version=version,
            conflict=conflict,
        ),
        remove_url=f"{url}/retirer",
        structure=structure["nom"],
        stopped=stopped,
        stop_url=stop_url(contact.email) if contact.email and not stopped else "",
    )


def _fields(keys: tuple[str, ...]) -> tuple[Field, ...]:
    known = {field.key: field for field in STRUCTURE_FIELDS}
    return tuple(known[key] for key in keys)


def _known(row: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return {} if row is None else answers_of(row)


def _entries(row: Mapping[str, Any], types: Mapping[str, FieldType]) -> tuple[Entry, ...]:
    answers = answers_of(row)
    return tuple(
        Entry(
            label=field.label,
            value="" if value is None else types[field.type].display(value, field),
            url=_link(field, value),
            wide=field.key in _WIDE,
        )
        for field in STRUCTURE_FIELDS
        for value in (answers[field.key],)
        if field.key != "nom"
    )


def _link(field: Field, value: Any) -> str | None:
    schemes = {"email": f"mailto:{value}", "telephone": f"tel:{value}", "url": str(value)}
    return schemes.get(field.type) if value else None


def _question(column: str) -> Field | None:
    """The question behind what the journal of a structure tells: a column, or a contact's part."""
    if column == "nom":
        return Field(key="nom", label="Nom", type="texte")
    return field_of_column(column) or _CONTACT.get(column)


def _contact(
    structure_id: int, line: ContactLine, stopped: Mapping[str, StoppedAddress], may_write: bool
) -> ContactView:
    return ContactView(
        nom=line.nom,
        fonction=line.fonction or "",
        email=line.email or "",
        telephone=show_telephone(line.telephone) if line.telephone else "",
        telephone_uri=f"tel:{line.telephone}" if line.telephone else "",
        edit_url=f"{LIST}/{structure_id}/contacts/{line.id}" if may_write else None,
        stopped=stopped.get((line.email or "").lower()),
    )


def _contact_form(asking: Asking, structure_id: int) -> FormView:
    fields = questions(asking, CONTACT_FIELDS, {})
    return FormView(
        url=f"{LIST}/{structure_id}/contacts",
        groups=(FieldGroup(fields=fields),),
        submit="Ajouter le contact",
        idempotency_key=new_key(),
    )


def _near(each: Alike, dossiers: int) -> StructureProche:
    return StructureProche(
        id=str(each.id),
        nom=each.nom,
        why=each.why,
        commune=each.commune or "",
        siret=show_siret(each.siret) if each.siret else "",
        rna=each.rna or "",
        dossiers=dossiers,
        url=f"{LIST}/{each.id}",
    )
