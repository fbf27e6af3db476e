"""What a letter lacks, named in French, and where that is filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workflow.engine import Engine
from workflow.pipeline import Pipeline
from workflow.subject import Subject

#: What each value is called in « Il manque : … ».
_CALLED: Mapping[str, str] = {
    "organisme.nom": "le nom de l’organisme",
    "organisme.sigle": "le sigle de l’organisme",
    "organisme.adresse": "l’adresse de l’organisme",
    "organisme.ville": "la ville de l’organisme",
    "organisme.email": "l’adresse e-mail de l’organisme",
    "organisme.telephone": "le téléphone de l’organisme",
    "organisme.site": "le site internet de l’organisme",
    "organisme.departements": "les départements de l’organisme",
    "structure.nom": "le nom de la structure",
    "structure.siret": "le SIRET de la structure",
    "structure.adresse": "l’adresse de la structure",
    "structure.code_postal": "le code postal de la structure",
    "structure.commune": "la commune de la structure",
    "porteur.nom": "le nom du porteur",
    "porteur.civilite": "la civilité du porteur",
    "porteur.email": "l’adresse e-mail du porteur",
    "referent.nom": "le nom du référent",
    "referent.fonction": "la fonction du référent",
    "referent.email": "l’adresse e-mail du référent",
    "referent.telephone": "le téléphone du référent",
    "dossier.titre": "le titre du projet",
    "dossier.projet": "le titre du projet",
    "dossier.mi_parcours": "les dates du projet, dont vient la mi-parcours",
    "dossier.plafond": "le plafond de l’aide",
    "rendez_vous": "le rendez-vous",
    "rendez_vous.le": "la date du rendez-vous",
    "rendez_vous.lieu": "le lieu du rendez-vous",
    "action.motif": "le motif de la décision",
    "membre.nom": "le nom du membre",
    "membre.civilite": "la civilité du membre",
    "membre.structure": "la structure du membre",
    "lien_personnel": "le lien personnel",
    "prestataire.nom": "le nom du prestataire",
    "prestataire.contact": "l’interlocuteur du prestataire",
    "prestataire.civilite": "la civilité du prestataire",
    "consultation.echeance": "l’échéance de la consultation",
    "offre.jours": "les jours de l’offre",
    "offre.cout_ht": "le prix hors taxes de l’offre",
    "offre.cout_ttc": "le prix de l’offre",
    "pieces_manquantes": "les documents qui manquent",
    "pieces_attendues": "les documents à fournir",
}
_OF_A_SEANCE: Mapping[str, str] = {
    "": "la séance",
    "comite": "le nom du comité",
    "tenue_le": "la date de la séance",
    "lieu": "le lieu de la séance",
    "cloture": "la clôture des inscriptions à la séance",
    "lien_visio": "le lien de la visioconférence",
    "nombre_de_dossiers": "le nombre de dossiers de la séance",
    "vote_avant": "le vote avant la séance",
}
_TEAM = "/parametres/equipe"


@dataclass(frozen=True, slots=True)
class Lack:
    """One value that a letter lacks: what it is called, where it is filled in (« » unknown)."""

    name: str
    label: str
    url: str = ""


def label_of(engine: Engine, name: str, first: tuple[Pipeline, ...] = ()) -> str:
    """« le lieu de la séance », « « Date de fin » »: a value, for whoever must fill it in.

    A question is looked for among the pipelines of `first`, then among all those in force.
    """
    group, _, key = name.partition(".")
    if name in _CALLED:
        return _CALLED[name]
    for pipeline in (*first, *engine.catalogue.current()):
        for field in pipeline.every_field():
            if group == "dossier" and field.key == key:
                return f"« {field.label} »"
            if field.key == group and field.type == "seance" and key in _OF_A_SEANCE:
                return _OF_A_SEANCE[key]
    return f"« {name} »"


def told_lacking(engine: Engine, missing: str) -> str:
    """« le SIRET de la structure, le lieu du rendez-vous »: what a letter keeps of what it lacks.

    A list that was cut ends with a name that is not known: it is told as it is.
    """
    return ", ".join(label_of(engine, name) for name in missing.split(", "))


def lacks_of(engine: Engine, subject: Subject, names: tuple[str, ...]) -> tuple[Lack, ...]:
    """What a letter of this dossier lacks, each with the screen that fills it in."""
    pipeline = engine.machine(subject).pipeline
    return tuple(
        Lack(name, label_of(engine, name, (pipeline,)), _where(pipeline, subject, name))
        for name in names
    )


def _where(pipeline: Pipeline, subject: Subject, name: str) -> str:
    group, _, key = name.partition(".")
    at, row = f"/dossiers/{subject.id}", subject.row
    places = {
        "organisme": f"/parametres#{key}",
        "structure": f"/structures/{row['structure_id']}/modifier#{key}",
        "porteur": f"{at}/porteur#{key}",
        "referent": f"{at}#referent" if key in ("", "nom") else _TEAM,
        "rendez_vous": f"{at}#rendez-vous",
        "pieces_manquantes": f"{at}#pieces",
        "pieces_attendues": f"{at}#pieces",
    }
    if group == "structure" and not row["structure_id"]:
        return f"{at}/porteur#structure"
    if group == "referent" and not subject.relative.get("referent"):
        return f"{at}#referent"
    if group == "dossier":
        return next(_sheets(pipeline, at, key), f"{at}#actions")
    if group in places:
        return places[group]
    seance = row["seance_id"] if _is_seance(pipeline, group) else None
    return f"/seances/{seance}/modifier" if seance else at


def _sheets(pipeline: Pipeline, at: str, key: str) -> Iterator[str]:
    """The sheets of the dossier that ask this."""
    wanted = {"mi_parcours": ("date_debut", "date_fin"), "projet": ("titre",)}.get(key, (key,))
    for sheet in pipeline.sheets:
        for field in sheet.fields:
            if field.key in wanted:
                yield f"{at}?fiche={sheet.key}#{sheet.key}-{field.key}"


def _is_seance(pipeline: Pipeline, key: str) -> bool:
    return any(field.key == key and field.type == "seance" for field in pipeline.every_field())
