"""A demonstration told again: each fact goes through the service that people use, at its date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from grants.demonstration.adhesions import join
from grants.demonstration.coherence import nom_du_fait
from grants.demonstration.courriers import PastLetters
from grants.demonstration.fichiers import Demonstration
from grants.demonstration.installation import Installed
from grants.demonstration.marches import Marche
from grants.demonstration.modeles import Dossier, Fait, Intervention, LigneDePlan, Structure, Tache
from grants.demonstration.papiers import Paper, Papers, papers_of
from grants.demonstration.seances import Instant, Salle
from grants.dossiers.advance import Demand, advance
from grants.dossiers.notes import add_note
from grants.dossiers.opening import Opening, open_dossier
from grants.dossiers.reading import read_subject
from grants.dossiers.sheets import SheetEdit, edit_sheet
from grants.dossiers.tables import LienDossier
from grants.dossiers.taches.service import NewTask, create_task
from grants.finances.form import form_of
from grants.finances.plan import Line, Plan
from grants.finances.service import PlanEdit, edit_plan
from grants.interventions.service import NewIntervention, log_intervention
from grants.organisation.identity import Identity, software
from grants.organisation.people import find_or_create_personne
from grants.structures.contacts import attach
from grants.structures.service import STRUCTURES, create_structure
from workflow.database import table_of
from workflow.dates import to_paris
from workflow.engine import Engine
from workflow.errors import DomainError, Invalid, Refused

#: What `Dossier.origine` says of a dossier whose figures no public source gives.
INVENTED = "donnee_inventee"
_L = table_of(LienDossier)


class StoryImpossible(RuntimeError):
    """A story of the demonstration does not follow the rules of its pipeline: a fault of data."""


@dataclass(frozen=True, slots=True)
class _Event:
    """One moment: a dossier's first contact, a fact, a pièce that comes; time spent; a séance's."""

    at: datetime
    dossier: Dossier | None = None
    fait: Fait | None = None
    paper: Paper | None = None
    instant: Instant | None = None
    spent: Intervention | None = None


@dataclass(slots=True)
class Recit:
    """What has been told so far, and where: ids by the keys of the data."""

    session: Session
    engine: Engine
    demonstration: Demonstration
    place: Installed
    papers: Papers
    now: datetime
    structures: dict[str, int] = field(default_factory=dict)
    personnes: dict[str, int] = field(default_factory=dict)
    dossiers: dict[str, int] = field(default_factory=dict)

    def tell(self) -> None:
        """Everything, in the order in which it happened. Raises StoryImpossible."""
        letters = PastLetters(self.session, self.engine, self.place.organisme_id, self.now)
        for event in sorted(self._events(), key=lambda each: each.at):
            letters.live_until(event.at)
            try:
                self._happen(event)
            except DomainError as error:
                raise StoryImpossible(_what_happened(event, error)) from error
            letters.send(event.at)
        letters.live_until(self.now)
        letters.finish_tasks()
        for tache in self.demonstration.taches:
            self._give(tache)
        for dossier in self.demonstration.dossiers:
            stage = self._stage_of(dossier)
            if stage != dossier.etape:
                raise StoryImpossible(f"{dossier.cle} : arrivé à {stage}, pas à {dossier.etape}")

    def _give(self, tache: Tache) -> None:
        """Somebody asks a colleague for something."""
        pour, on = self.place.identities[tache.pour].compte_id, tache.pour_le.isoformat()
        raw = {"titre": tache.titre, "pour": str(pour), "pour_le": on}
        task = NewTask(raw, self.dossiers[tache.dossier] if tache.dossier else None)
        identity = self.place.identities[tache.par]
        try:
            create_task(self.session, self.engine, identity, task, tache.confiee_le)
        except Invalid as error:
            raise StoryImpossible(f"tâche « {tache.titre} » : {error.faults}") from error

    def _spend(self, spent: Intervention, at: datetime) -> None:
        """Somebody notes the time spent on a dossier."""
        identity = self.place.identities[spent.qui]
        raw = {
            "nature": spent.nature,
            "le": to_paris(spent.le).date().isoformat(),
            "duree": spent.duree,
            "km": str(spent.km),
        }
        new = NewIntervention(raw, self.dossiers[spent.dossier])
        try:
            log_intervention(self.session, self.engine, identity, new, at)
        except Invalid as error:
            raise StoryImpossible(f"intervention de {spent.qui} : {error.faults}") from error

    def _events(self) -> Iterator[_Event]:
        for dossier in self.demonstration.dossiers:
            yield _Event(dossier.contact_le, dossier)
            for fait in dossier.faits:
                yield _Event(fait.le, dossier, fait)
            loaded = self.engine.catalogue.latest(dossier.pipeline)
            for paper in papers_of(loaded.pipeline, dossier, self.now) if loaded else ():
                yield _Event(paper.at, dossier, paper=paper)
        for seance in self.demonstration.seances:
            here = self.session, self.engine, self.demonstration, self.place
            for instant in Salle(*here, seance, self.dossiers).instants():
                # Loaded before its hour, a séance of the day has begun all the same.
                yield _Event(min(instant.at, self.now), instant=instant)
        for told in self.demonstration.consultations:
            marche = Marche(self.session, self.engine, self.place, told, self.dossiers)
            for instant in marche.instants():
                yield _Event(min(instant.at, self.now), instant=instant)
        for member in self.demonstration.adherents:
            joining = partial(join, self.session, self.engine, self.place, member, self.structures)
            instant = Instant(member.le, f"adhésion de {member.structure}", joining)
            yield _Event(min(member.le, self.now), instant=instant)
        for spent in self.demonstration.interventions:
            yield _Event(min(spent.le, self.now), spent=spent)

    def _happen(self, event: _Event) -> None:
        if event.instant is not None:
            event.instant.run(event.at)
            return
        if event.spent is not None:
            self._spend(event.spent, event.at)
            return
        assert event.dossier is not None, "what is not a séance's is a dossier's"
        if event.paper is not None:
            identity = self.place.identities[event.dossier.referent]
            id = self.dossiers[event.dossier.cle]
            self.papers.bring(self.session, self.engine, identity, id, event.paper)
        elif event.fait is None:
            self.dossiers[event.dossier.cle] = self._begin(event.dossier)
        else:
            self._go_on(event.dossier, event.fait)

    def _stage_of(self, dossier: Dossier) -> str:
        connection, id = self.session.connection(), self.dossiers[dossier.cle]
        subject = read_subject(connection, self.engine, self.place.organisme_id, id, lock=False)
        return subject.stage

    # ------------------------------------------------------------ the first contact

    def _begin(self, dossier: Dossier) -> int:
        if dossier.issu_de is not None:
            return self._opened_from(dossier.issu_de)
        identity, at = self.place.identities[dossier.ouvert_par], dossier.contact_le
        porteur_id = self._porteur(identity, dossier.porteur, at)
        structure_id = None
        if dossier.structure is not None:
            structure_id = self._structure(identity, dossier.structure, porteur_id, at)
        fictional = self.demonstration.organisme.fictif
        opening = Opening(
            pipeline=dossier.pipeline,
            opened_on=to_paris(at).date(),
            porteur_id=porteur_id,
            structure_id=structure_id,
            referent_id=self.place.identities[dossier.referent].compte_id,
            origin=dossier.origine if fictional else INVENTED,
            values=self._known_at_first(dossier),
        )
        subject = open_dossier(self.session, self.engine, identity, opening, at)
        if not fictional:
            narrator = software(self.place.organisme_id)
            add_note(
                self.session, self.engine, narrator, subject.id, _what_is_invented(dossier), at
            )
        return subject.id

    def _opened_from(self, origin: str) -> int:
        """The dossier that the move of another one has already opened."""
        query = select(_L.c.suite_id).where(_L.c.origine_id == self.dossiers[origin])
        return self.session.connection().execute(query).scalar_one()

    def _known_at_first(self, dossier: Dossier) -> dict[str, Any]:
        loaded = self.engine.catalogue.latest(dossier.pipeline)
        assert loaded is not None, "checked by open_dossier"
        known: dict[str, Any] = {
            "titre": dossier.titre,
            "objet": dossier.objet,
            "montant_demande": dossier.montant_demande,
            "cout_total": dossier.cout_total,
        }
        if dossier.structure is not None:
            structure = self._told_structure(dossier.structure)
            for key in ("commune", "departement", "secteur"):
                known[key] = getattr(structure, key)
        return {
            key: value
            for key, value in known.items()
            if value is not None and key in loaded.machine.fields
        }

    def _told_structure(self, cle: str) -> Structure:
        return next(each for each in self.demonstration.structures if each.cle == cle)

    def _porteur(self, identity: Identity, cle: str, at: datetime) -> int:
        if cle not in self.personnes:
            told = next(each for each in self.demonstration.personnes if each.cle == cle)
            found = find_or_create_personne(
                self.session,
                identity,
                f"{told.prenom} {told.nom}",
                told.courriel,
                told.telephone,
                at,
                told.civilite,
            )
            self.personnes[cle] = found.id
        return self.personnes[cle]

    def _structure(self, identity: Identity, cle: str, porteur_id: int, at: datetime) -> int:
        connection = self.session.connection()
        if cle not in self.structures:
            form = _form_of(self._told_structure(cle))
            self.structures[cle] = create_structure(self.session, identity, form, at)
        row = STRUCTURES.lock(connection, identity.organisme_id, self.structures[cle])
        attach(self.session, identity, row, porteur_id, None, at)
        return self.structures[cle]

    # ------------------------------------------------------------ what follows

    def _go_on(self, dossier: Dossier, fait: Fait) -> None:
        session, engine = self.session, self.engine
        identity, id = self.place.identities[fait.acteur], self.dossiers[dossier.cle]
        if fait.note is not None:
            add_note(session, engine, identity, id, fait.note, fait.le)
            return
        if fait.plan is not None:
            edit_plan(session, engine, identity, PlanEdit(id, _as_a_form(fait.plan)), fait.le)
            return
        answers = self._as_typed(dossier.pipeline, fait.champs)
        if fait.fiche is not None:
            edit_sheet(session, engine, identity, SheetEdit(id, fait.fiche, answers), fait.le)
        elif fait.action is not None:
            demand = Demand(id, fait.action, answers, fait.motif)
            advance(session, engine, identity, demand, fait.le)

    def _as_typed(self, pipeline: str, champs: Mapping[str, Any]) -> dict[str, Any]:
        """The values of a fact, as a form would bring them."""
        loaded = self.engine.catalogue.latest(pipeline)
        assert loaded is not None, "the dossier was opened with it"
        typed: dict[str, Any] = {}
        for key, value in champs.items():
            spec = loaded.machine.fields.get(key)
            if spec is not None and spec.type == "seance":
                typed[key] = str(self.place.seances[value])
            elif spec is None or isinstance(value, str | list) or spec.type == "nombre":
                typed[key] = value if isinstance(value, str | list) else str(value)
            else:
                typed[key] = self.engine.vocabulary.field_types[spec.type].form(value)
        return typed


def _as_a_form(lines: Iterable[LigneDePlan]) -> dict[str, str]:
    """The lines of a plan, as they would be typed; the amounts of the dossier stay as they are."""
    told = Plan(None, None, tuple(Line(**each.model_dump()) for each in lines))
    return {name: text for name, text in form_of(told).items() if text}


def _form_of(structure: Structure) -> dict[str, str | None]:
    effectif = None if structure.effectif is None else str(structure.effectif)
    return {
        "nom": structure.nom,
        "siret": structure.siret,
        "rna": structure.rna,
        "forme_juridique": structure.forme,
        "secteur": structure.secteur,
        "effectif": effectif,
        "adresse": structure.adresse,
        "code_postal": structure.code_postal,
        "commune": structure.commune,
        "departement": structure.departement,
        "site": structure.site,
    }


def _what_is_invented(dossier: Dossier) -> str:
    if dossier.atteste:
        attested = ", ".join(dossier.atteste)
        return (
            f"D’après le rapport d’activité 2009 : {attested}. "
            "Tout le reste (personnes, montants, dates, votes, IBAN) : donnée inventée."
        )
    return (
        "Donnée inventée : la structure, les personnes, les montants et les dates. Le rapport "
        "d’activité 2009 ne donne que le nombre de ces dossiers."
    )


def _what_happened(event: _Event, error: DomainError) -> str:
    where = nom_du_fait(event.fait) if event.fait else "premier contact"
    who = event.dossier.cle if event.dossier else "séance"
    if event.instant is not None:
        where = event.instant.what
    if event.paper is not None:
        where = f"pièce {event.paper.piece.key}"
    reasons = str(error)
    if isinstance(error, Refused):
        reasons = " ; ".join(refusal.message for refusal in error.refusals)
    elif isinstance(error, Invalid):
        reasons = " ; ".join(f"{key} : {fault}" for key, fault in error.faults.items())
    return f"{who}, {where} : {reasons}"
