"""The directory of prestataires and the fiche of one of them, as their pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from sqlalchemy import Connection

from api.presentation.fields import Asking, questions
from api.presentation.ledgers import among, story_of
from api.presentation.prestataire_filters import filter_bar, pairs_of
from api.views.chrome import Link
from api.views.fields import FieldGroup
from api.views.forms import FormPage, FormView
from api.views.listing import EmptyState
from api.views.prestataires import PrestatairePage, PrestataireRow, PrestatairesPage
from api.views.sheets import Entry
from api.visit import Visit
from grants.dla.annuaire import (
    PrestataireFilters,
    PrestataireLine,
    prestataires_of,
    read_prestataire,
)
from grants.dla.fiche import COMPETENCES, OWN_FIELDS, PRESTATAIRE_FIELDS, keys_of
from grants.dla.prestataires import PRESTATAIRES
from grants.dla.suggestions import conflict
from grants.structures.departements import departement_name
from grants.structures.nomenclature import nomenclature_label
from workflow.dates import to_paris
from workflow.engine import Engine
from workflow.field_contract import FieldSpec, FieldType
from workflow.reference_fields import show_siret, show_telephone

LIST, NEW = "/prestataires", "/prestataires/nouveau"
_STRUCTURES = Link(label="Structures", url="/structures")
_BACK = Link(label="Prestataires", url=LIST)
_SKILLS = {choice.key: choice.label for choice in COMPETENCES}
_ONE_OF_LIST = 5


def directory_page(
    connection: Connection, visit: Visit, filters: PrestataireFilters
) -> PrestatairesPage:
    """Those that the filters keep, by name."""
    place = (connection, visit.identity.organisme_id)
    today = to_paris(visit.now).date()
    every = prestataires_of(*place, PrestataireFilters(), today)
    rows = tuple(row_of(line) for line in every if filters.keep(line))
    new_url = NEW if visit.identity.may_write else None
    narrowed = urlencode(pairs_of(filters))
    ending = f"?{narrowed}" if narrowed else ""
    return PrestatairesPage(
        filters=filter_bar(LIST, filters, every),
        rows=rows,
        export_url=f"{LIST}/export.xlsx{ending}",
        csv_url=f"{LIST}/export.csv{ending}",
        back=_STRUCTURES,
        new_url=new_url,
        empty=None if rows else _nothing(new_url, known=bool(every)),
    )


def row_of(
    line: PrestataireLine, reasons: tuple[str, ...] = (), doubts: tuple[str, ...] | None = None
) -> PrestataireRow:
    """One line of a list; with why it fits a dossier, where one is in question."""
    return PrestataireRow(
        url=f"{LIST}/{line.id}",
        nom=line.nom,
        contact=line.contact,
        competences=skills(line.competences),
        territoire=_places(line.departements, short=True),
        tarif=line.tarif_journalier,
        actif=line.actif,
        reasons=reasons,
        doubts=tuple(conflict(nom) for nom in line.comites) if doubts is None else doubts,
    )


def skills(keys: tuple[str, ...]) -> str:
    """« Gestion, Communication »."""
    return ", ".join(_SKILLS.get(key, key) for key in keys)


def _places(codes: tuple[str, ...], *, short: bool = False) -> str:
    if not codes:
        return "Partout"
    if short and len(codes) > _ONE_OF_LIST:
        return f"{len(codes)} départements"
    return ", ".join(codes if short else map(departement_name, codes))


def _nothing(new_url: str | None, *, known: bool) -> EmptyState:
    if known:
        return EmptyState(
            title="Aucun prestataire ne correspond",
            text="Retirez un filtre, ou cherchez un seul mot du nom.",
            icon="recherche",
            action=Link(label="Voir tous les prestataires", url=LIST),
        )
    return EmptyState(
        title="Aucun prestataire pour l’instant",
        text="L’annuaire dit qui consulter pour une mission : "
        "ses compétences, ses secteurs, son territoire, son tarif.",
        icon="personnes",
        action=Link(label="Enregistrer un prestataire", url=new_url) if new_url else None,
    )


def one_page(connection: Connection, engine: Engine, visit: Visit, id: int) -> PrestatairePage:
    """One prestataire. Raises NotFound."""
    organisme_id = visit.identity.organisme_id
    line = read_prestataire(connection, organisme_id, id, to_paris(visit.now).date())
    types = {**engine.vocabulary.field_types, "choix_multiple": _JOINED}
    return PrestatairePage(
        nom=line.nom,
        actif=line.actif,
        entries=_entries(line, engine.vocabulary.field_types),
        doubts=tuple(conflict(nom) for nom in line.comites),
        timeline=story_of(connection, PRESTATAIRES, id, among(OWN_FIELDS), types),
        back=_BACK,
        edit_url=f"{LIST}/{id}/modifier" if visit.identity.may_write else None,
    )


def _entries(line: PrestataireLine, types: Mapping[str, FieldType]) -> tuple[Entry, ...]:
    rate = line.tarif_journalier
    field = next(each for each in OWN_FIELDS if each.key == "tarif_journalier")
    told = {
        "siret": show_siret(line.siret),
        "contact": line.contact,
        "email": line.email or "",
        "telephone": show_telephone(line.telephone) if line.telephone else "",
        "competences": skills(line.competences),
        "secteurs": ", ".join(map(nomenclature_label, line.secteurs)) or "Tous",
        "departements": _places(line.departements),
        "tarif_journalier": "" if rate is None else types["montant"].display(rate, field),
        "realisations": line.realisations,
    }
    links = {"email": f"mailto:{line.email}"}
    return tuple(
        Entry(
            label=each.label,
            value=told[each.key],
            url=links.get(each.key),
            wide=each.key in {"competences", "secteurs", "departements", "realisations"},
        )
        for each in PRESTATAIRE_FIELDS
        if each.key in told
    )


_ASKED = tuple(each.key for each in PRESTATAIRE_FIELDS)


def prestataire_form(
    asking: Asking,
    line: PrestataireLine | None,
    *,
    key: str = "",
    version: int | None = None,
    conflict: str = "",
) -> FormPage:
    """A prestataire as a form."""
    url = NEW if line is None else f"{LIST}/{line.id}/modifier"
    known = {"actif": True} if line is None else {each: getattr(line, each) for each in _ASKED}
    known |= {} if line is None else {"departements": ",".join(line.departements)}
    fields = FieldGroup(fields=questions(asking, PRESTATAIRE_FIELDS, known))
    return FormPage(
        title="Nouveau prestataire" if line is None else line.nom,
        back=_BACK,
        form=FormView(
            url=url,
            groups=(fields,),
            submit="Enregistrer le prestataire" if line is None else "Enregistrer",
            cancel_url=LIST if line is None else f"{LIST}/{line.id}",
            idempotency_key=key,
            lock_version=version,
            conflict=conflict,
        ),
    )


def _labels(joined: str, spec: FieldSpec) -> str:
    labels = {choice.key: choice.label for choice in spec.choices}
    return ", ".join(labels.get(key, key) for key in keys_of(joined))


#: Several choices as a prestataire's row keeps them, hence as its journal tells them.
_JOINED = FieldType(
    key="choix_multiple",
    read=lambda text, _spec: text,
    describe=lambda _spec: {"type": "string"},
    show=_labels,
)
