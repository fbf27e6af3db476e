"""Structures and their contacts."""

from __future__ import annotations

from typing import Any

from api.v1 import shapes
from api.v1.contract import Answer, Call, Subject
from api.v1.errors import StructureAlike
from api.v1.lists import told_line
from api.v1.paging import PAGING, next_url, page_size, place_asked
from api.v1.routes import PREFIX
from grants.dossiers.gathered import dossiers_of_structure
from grants.structures.alike import Alike, find_alike
from grants.structures.contacts import (
    CONTACT_FIELDS,
    ContactLine,
    add_contact,
    contacts_of,
    modify_contact,
    remove_contact,
)
from grants.structures.departements import DEPARTEMENTS
from grants.structures.nomenclature import SECTEURS
from grants.structures.queries import LONGEST_SEARCH, Place, StructureFilters, structures_page
from grants.structures.service import (
    STRUCTURE_FIELDS,
    STRUCTURES,
    already_recorded,
    answers_of,
    check_structure,
    create_structure,
    modify_structure,
)
from workflow.errors import Invalid
from workflow.pipeline import Field
from workflow.texts import TextFault, clean_text

subject = Subject("Structures")
CONTINUE = Field(
    key="continuer",
    label="Continuer",
    type="texte",
    longest=3,
    help="« oui » pour enregistrer malgré une structure qui ressemble.",
)
_FILTERS = {
    "q": "Des mots du nom ou de la commune, ou le début d’un SIRET.",
    "departement": "Un code de département.",
    "secteur": "La clé d’un secteur.",
}
_NEAR = {"nom": "Le nom.", "siret": "Le SIRET.", "rna": "Le numéro RNA.", "email": "L’e-mail."}
_SECTORS = frozenset(choice.key for choice in SECTEURS)
_UNKNOWN = "Cette valeur n’est pas connue ici."
_EXAMPLE = {"nom": "Garage solidaire", "code_postal": "06140", "commune": "Vence"}
_PERSON = {"nom": "Amina Diallo", "email": "amina@garage.example", "fonction": "Présidente"}


@subject.get(
    "/structures", "La liste des structures", shapes.PageStructures, query={**_FILTERS, **PAGING}
)
def structures(call: Call) -> Answer:
    """One page, by name. Raises Invalid for filters that cannot be read."""
    filters, size, place = _filters(call), page_size(call), place_asked(call)
    start = None if place is None else Place(place[0])
    page = structures_page(call.connection, call.organisme_id, filters, start, size)
    following = None if page.next is None else next_url(call, [page.next.id])
    data: shapes.PageStructures = {
        "structures": [
            {
                "id": each.id,
                "nom": each.nom,
                "siret": each.siret,
                "rna": each.rna,
                "forme_juridique": each.forme_juridique,
                "secteur": each.secteur,
                "commune": each.commune,
                "departement": each.departement,
            }
            for each in page.lines
        ],
        "suivant": following,
    }
    return Answer(data, next=following)


@subject.get(
    "/structures/proches",
    "Les structures qui ressemblent à une description",
    shapes.Proches,
    query=_NEAR,
)
def near(call: Call) -> shapes.Proches:
    """The known structures that resemble what is described, the surest first."""
    alike = find_alike(call.connection, call.organisme_id, **_texts(call, _NEAR))
    return {"structures": [told_alike(each) for each in alike]}


@subject.post(
    "/structures",
    "Enregistrer une structure",
    shapes.Cree,
    status=201,
    asks=(*STRUCTURE_FIELDS, CONTINUE),
    example=_EXAMPLE,
)
def record_structure(call: Call) -> Answer:
    """Record a structure. Raises Invalid, StructureAlike where a known one resembles it."""
    answers = {name: value for name, value in call.body.items() if name != CONTINUE.key}
    known = already_recorded(call.connection, call.identity, call.key)
    if not known and not call.text(CONTINUE.key):
        check_structure(call.connection, call.identity, answers)
        described = {name: answers.get(name) for name in _NEAR}
        texts: dict[str, Any] = {k: v for k, v in described.items() if isinstance(v, str)}
        if alike := find_alike(call.connection, call.organisme_id, **texts):
            raise StructureAlike([told_alike(each) for each in alike])
    id = create_structure(call.session, call.identity, answers, call.now, call.key)
    return Answer({"id": id}, location=f"{PREFIX}/structures/{id}")


@subject.get("/structures/{structure_id}", "Une structure", shapes.Structure)
def structure(call: Call) -> shapes.Structure:
    """A structure, its people and its dossiers. Raises NotFound."""
    return told_structure(call, call.id("structure_id"))


@subject.put(
    "/structures/{structure_id}",
    "Changer la fiche d’une structure",
    shapes.Structure,
    asks=STRUCTURE_FIELDS,
    versioned=True,
    example=_EXAMPLE,
)
def change_structure(call: Call) -> shapes.Structure:
    """Keep the whole fiche. Raises Invalid, NotFound, Stale."""
    id = call.id("structure_id")
    modify_structure(call.session, call.identity, id, call.body, call.now, call.version)
    return structure(call)


@subject.get("/structures/{structure_id}/contacts", "Les contacts", shapes.Contacts)
def contacts(call: Call) -> shapes.Contacts:
    """The people of a structure, by name. Raises NotFound."""
    id = call.id("structure_id")
    STRUCTURES.read(call.connection, call.organisme_id, id)
    return {"contacts": [told_contact(each) for each in contacts_of(call.connection, id)]}


@subject.post(
    "/structures/{structure_id}/contacts",
    "Ajouter un contact",
    shapes.Ajoute,
    status=201,
    asks=CONTACT_FIELDS,
    example=_PERSON,
)
def new_contact(call: Call) -> shapes.Ajoute:
    """Add somebody to a structure. Raises Invalid, NotFound."""
    id = call.id("structure_id")
    found = add_contact(call.session, call.identity, id, call.body, call.now)
    return {"personne_id": found.id, "nom": found.nom, "differe": list(found.differs)}


@subject.put(
    "/structures/{structure_id}/contacts/{contact_id}",
    "Changer un contact",
    shapes.Contacts,
    asks=CONTACT_FIELDS,
    versioned=True,
    example=_PERSON,
)
def change_contact(call: Call) -> shapes.Contacts:
    """Keep a contact and the person behind it. Raises Invalid, NotFound, Stale."""
    ids = call.id("structure_id"), call.id("contact_id")
    modify_contact(call.session, call.identity, *ids, call.body, call.now, call.version)
    return contacts(call)


@subject.delete(
    "/structures/{structure_id}/contacts/{contact_id}", "Retirer un contact", shapes.Contacts
)
def take_contact_off(call: Call) -> shapes.Contacts:
    """Take somebody off the contacts; the person stays known. Raises NotFound."""
    ids = call.id("structure_id"), call.id("contact_id")
    remove_contact(call.session, call.identity, *ids, call.now)
    return contacts(call)


def told_structure(call: Call, id: int) -> shapes.Structure:
    """A structure whole. Raises NotFound."""
    row = STRUCTURES.read(call.connection, call.organisme_id, id)
    kept, types = answers_of(row), call.house.engine.vocabulary.field_types
    lines = dossiers_of_structure(call.connection, call.organisme_id, id)
    return {
        "id": id,
        "fiche": {
            field.key: None if kept[field.key] is None else types[field.type].form(kept[field.key])
            for field in STRUCTURE_FIELDS
        },
        "contacts": [told_contact(each) for each in contacts_of(call.connection, id)],
        "dossiers": [told_line(each) for each in lines],
        "version": row["seq"],
    }


def told_contact(line: ContactLine) -> shapes.Contact:
    """One contact."""
    return {
        "id": line.id,
        "personne_id": line.personne_id,
        "nom": line.nom,
        "email": line.email,
        "telephone": line.telephone,
        "civilite": line.civilite,
        "fonction": line.fonction,
        "version": line.version,
    }


def told_alike(alike: Alike) -> shapes.Proche:
    """A structure that may be the same one, and why."""
    return {
        "id": alike.id,
        "nom": alike.nom,
        "siret": alike.siret,
        "commune": alike.commune,
        "pourquoi": alike.why,
    }


def _filters(call: Call) -> StructureFilters:
    departement, secteur = call.query.get("departement"), call.query.get("secteur")
    texts = _texts(call, {"q": ""})
    faults: dict[str, str] = {}
    if departement is not None and departement not in DEPARTEMENTS:
        faults["departement"] = _UNKNOWN
    if secteur is not None and secteur not in _SECTORS:
        faults["secteur"] = _UNKNOWN
    if faults:
        raise Invalid(faults)
    return StructureFilters(texts.get("q", ""), departement, secteur)


def _texts(call: Call, names: dict[str, str]) -> dict[str, Any]:
    """Words of the address. Raises Invalid for those that cannot be read."""
    found: dict[str, str] = {}
    faults: dict[str, str] = {}
    for name in names:
        try:
            found[name] = clean_text(call.query.get(name, ""), longest=LONGEST_SEARCH)
        except TextFault as fault:
            faults[name] = str(fault)
    if faults:
        raise Invalid(faults)
    return found
