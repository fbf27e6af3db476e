"""Every form of the application, with its fields: what tests of bad input go through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import update
from sqlmodel import Session

from api.composition import default_engine
from grants.adherents.fiche import COTISATION_FIELDS
from grants.comites.agenda import NOTE_FIELDS
from grants.comites.instances import COMITE_FIELDS
from grants.comites.membres import MEMBRE_FIELDS
from grants.comites.seances import SEANCE_FIELDS
from grants.dla.fiche import PRESTATAIRE_FIELDS
from grants.dossiers.answers import REASON
from grants.dossiers.appointments import APPOINTMENT_FIELDS
from grants.dossiers.first_contact import EVERY_FIELD
from grants.dossiers.opening import Opening, open_dossier
from grants.dossiers.pieces.states import MOTIFS
from grants.dossiers.tables import Dossier
from grants.dossiers.taches.service import DOSSIER_FIELD, TACHE_FIELDS
from grants.finances.enveloppes import enveloppe_fields
from grants.finances.form import amount_fields, line_fields
from grants.interventions.fields import DOSSIER_FIELDS, intervention_fields
from grants.organisation.colleagues import INVITATION_FIELDS, ROLE_FIELD
from grants.organisation.parameters import asked_by
from grants.organisation.people import PERSONNE_FIELDS
from grants.organisation.settings import IDENTITY_FIELDS
from grants.relances.by_hand import REMINDER_FIELDS
from grants.structures.contacts import CONTACT_FIELDS
from grants.structures.service import STRUCTURE_FIELDS
from tests.builders.adherents import an_adherent
from tests.builders.bad_values import good_of
from tests.builders.offices import NOW, Holdings, Office
from tests.builders.prestataires import a_prestataire
from tests.builders.sittings import seat_a_comite
from workflow.database import table_of
from workflow.pipeline import PREVIOUS, Action, Choice, Field, Pipeline

_REASON = Field(key=REASON, label="Motif", type="texte_long", longest=2000, required=True)
_STRUCTURE = Field(key="structure", label="Structure", type="structure")
_REFERENT = Field(key="referent", label="Référent", type="collegue")
_CORRECTION = (
    Field(
        key="motif",
        label="Ce qui ne convient pas",
        type="choix",
        required=True,
        choices=tuple(Choice(key=key, label=label) for key, label in MOTIFS.items()),
    ),
    Field(key="commentaire", label="Précision", type="texte_long", longest=1000),
)
_DATED = Field(key="date_document", label="Date du document", type="date")
_NOTE = Field(key="texte", label="Note", type="texte_long", longest=5000, required=True)
_TAG = Field(key="etiquette", label="Étiquette", type="texte", longest=40, required=True)
_NAME = Field(key="nom", label="Nom", type="texte", longest=60, required=True)
_REFERENCE = Field(key="reference", label="Référence", type="texte", required=True)


@dataclass(frozen=True)
class EveryForm:
    """One form: where it goes, what it asks, and answers that are fine."""

    url: str
    fields: tuple[Field, ...]
    good: dict[str, str]

    @property
    def name(self) -> str:
        """What tests call it."""
        return self.url


def every_form(session: Session, office: Office, holds: Holdings) -> list[EveryForm]:
    """Each form that the direction of an organisme may send, about what it holds."""
    ids = {
        "structure": str(holds.structure),
        "seance": str(holds.seance),
        "personne": str(holds.personne),
        "collegue": str(office.people["direction"].id),
    }
    seat = seat_a_comite(session, office, holds)
    structure, seance = f"/structures/{holds.structure}", f"/seances/{holds.seance}"
    dossier = f"/dossiers/{holds.dossier}"
    adherent = an_adherent(session, office.identity(), holds.structure)
    prestataire = a_prestataire(session, office.identity())
    asked: list[tuple[str, tuple[Field, ...]]] = [
        ("/dossiers/nouveau", EVERY_FIELD),
        (f"{dossier}/notes", (_NOTE,)),
        (f"{dossier}/financement", _plan_fields()),
        (f"{dossier}/referent", (_REFERENT,)),
        (f"{dossier}/liens", (_REFERENCE,)),
        (f"{dossier}/etiquettes", (_TAG,)),
        (f"/lots/{holds.lot}/etiqueter", (_TAG,)),
        ("/liste/vues", (_NAME,)),
        (f"/liste/vues/{holds.vue}/nom", (_NAME,)),
        (f"{dossier}/porteur", (*PERSONNE_FIELDS, _STRUCTURE)),
        (f"{dossier}/rendez-vous", APPOINTMENT_FIELDS),
        (f"{dossier}/taches", TACHE_FIELDS),
        (f"{dossier}/pieces/devis/correction", _CORRECTION),
        (f"{dossier}/pieces/devis/validation", (_DATED,)),
        (f"{dossier}/relances/{holds.echeance}/deplacer", REMINDER_FIELDS),
        (f"/taches/{holds.tache}", TACHE_FIELDS),
        ("/taches", (*TACHE_FIELDS, DOSSIER_FIELD)),
        (f"{dossier}/interventions", DOSSIER_FIELDS),
        ("/interventions", intervention_fields(default_engine())),
        (
            f"/interventions/{holds.intervention}/corriger",
            intervention_fields(default_engine(), changing=True),
        ),
        ("/structures/nouvelle", STRUCTURE_FIELDS),
        (f"{structure}/modifier", STRUCTURE_FIELDS),
        (f"{structure}/contacts", CONTACT_FIELDS),
        (f"{structure}/contacts/{holds.contact}", CONTACT_FIELDS),
        ("/seances/nouvelle", SEANCE_FIELDS),
        (f"{seance}/modifier", SEANCE_FIELDS),
        (f"{seance}/relances/{holds.rappel}/deplacer", REMINDER_FIELDS),
        (f"{seance}/dossiers/{holds.dossier}/note", NOTE_FIELDS),
        (f"/comites/{seat['comite_id']}/modifier", COMITE_FIELDS),
        (f"/comites/{seat['comite_id']}/membres/nouveau", (*PERSONNE_FIELDS, *MEMBRE_FIELDS)),
        (f"/comites/{seat['comite_id']}/membres/{seat['membre_id']}", MEMBRE_FIELDS),
        (f"/enveloppes/{seat['enveloppe_id']}", enveloppe_fields(default_engine())),
        (f"/adherents/{adherent}/cotisations", COTISATION_FIELDS),
        (f"/prestataires/{prestataire}/modifier", PRESTATAIRE_FIELDS),
        ("/parametres", IDENTITY_FIELDS),
        ("/parametres/equipe", INVITATION_FIELDS),
        (f"/parametres/equipe/{holds.compte}/role", (ROLE_FIELD,)),
        *_of_the_pipelines(session, office),
    ]
    return [
        EveryForm(url, fields, {each.key: good_of(each, ids) for each in fields})
        for url, fields in asked
    ]


def _plan_fields() -> tuple[Field, ...]:
    """A plan of one line."""
    loaded = default_engine().catalogue.latest("microprojets")
    assert loaded is not None, "it is shipped"
    return (*amount_fields(loaded.pipeline), *line_fields(1))


def _of_the_pipelines(session: Session, office: Office) -> Iterator[tuple[str, tuple[Field, ...]]]:
    """The parameters of each pipeline, then each of its sheets and actions, on some stage."""
    for pipeline in default_engine().catalogue.current():
        if pipeline.parameters:
            asked = tuple(asked_by(parameter) for parameter in pipeline.parameters)
            yield f"/parametres/dispositifs/{pipeline.key}", asked
        seen: set[str] = set()
        for stage in pipeline.stages:
            here = f"/dossiers/{standing(session, office, pipeline, stage.key)}"
            for sheet in pipeline.sheets:
                if sheet.key in stage.editable and sheet.key not in seen:
                    seen.add(sheet.key)
                    yield f"{here}/fiches/{sheet.key}", sheet.fields
            for action in pipeline.actions:
                if _may_leave(pipeline, action, stage.key):
                    fields = (*action.fields, *((_REASON,) if action.reason else ()))
                    if fields and action.key not in seen:
                        seen.add(action.key)
                        yield f"{here}/actions/{action.key}", fields


def _may_leave(pipeline: Pipeline, action: Action, stage: str) -> bool:
    """Whether somebody may be shown the action there; from the first stage nothing goes back."""
    somewhere = action.to != PREVIOUS or stage != pipeline.initial
    return bool(action.roles) and somewhere and stage in pipeline.origins(action)


def standing(session: Session, office: Office, pipeline: Pipeline, stage: str) -> int:
    """A dossier put on a stage by hand, as if moves had brought it there."""
    opening = Opening(pipeline.key, NOW.date(), values={"titre": f"Projet en {stage}"})
    subject = open_dossier(session, default_engine(), office.identity(), opening, NOW)
    table = table_of(Dossier)
    trail = ">".join(f"1:{each}" for each in way_to(pipeline, stage))
    moved = {"stage": stage, "trail": trail}
    session.connection().execute(update(table).where(table.c.id == subject.id).values(moved))
    return subject.id


def way_to(pipeline: Pipeline, stage: str) -> list[str]:
    """The stages of a shortest way from the first one."""
    ways = [[pipeline.initial]]
    for way in ways:
        if way[-1] == stage:
            return way
        ways += [
            [*way, action.to]
            for action in pipeline.actions
            if way[-1] in pipeline.origins(action) and action.to not in (PREVIOUS, *way)
        ]
    raise AssertionError(f"no way to {stage}")
