"""The values that whoever edits a letter may use: each with what it is and an example."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grants.dossiers.lettres.context import is_told
from grants.dossiers.lettres.named import Naming, naming
from grants.dossiers.lettres.reading import RENDEZ_VOUS
from grants.dossiers.lettres.uses import uses_of
from notifications.letters import Letter
from workflow.engine import Engine
from workflow.pipeline import Field


@dataclass(frozen=True, slots=True)
class Variable:
    """One value: `name` as a letter writes it (« dossier.titre »), `filter` how it is best said.

    Of a list, `name` is that of the list and `within` the names of each of its elements.
    """

    name: str
    description: str
    example: Any
    filter: str = ""
    within: tuple[str, ...] = ()

    @property
    def written(self) -> str:
        """What to write in the letter to have it."""
        if self.within:
            inner = f"{{{{ element.{self.within[0]} }}}}"
            return f"{{% for element in {self.name} %}}{inner}{{% endfor %}}"
        return f"{{{{ {self.name}{f' | {self.filter}' if self.filter else ''} }}}}"


_PIECE = {
    "label": "Statuts signés",
    "pourquoi": "Pour vérifier l’objet de la structure et qui peut signer en son nom.",
    "etat": "illisible",
    "commentaire": "La dernière page manque.",
}
_COMMON = (
    Variable("organisme.nom", "Le nom de votre organisme", "L’Établi des Garrigues"),
    Variable("organisme.sigle", "Son sigle", "EDG"),
    Variable(
        "organisme.adresse",
        "Son adresse postale",
        "3 place du Marché-aux-Laines\n34000 Montpellier",
    ),
    Variable("organisme.ville", "La ville d’où ses courriers sont datés", "Montpellier"),
    Variable("organisme.email", "Son adresse électronique", "contact@exemple.example", "courriel"),
    Variable("organisme.telephone", "Son téléphone", "+33465712000", "telephone"),
    Variable("organisme.site", "Son site internet", "https://www.exemple.example"),
    Variable("organisme.departements", "Ses départements", ["Hérault", "Gard"], "liste"),
    Variable("structure.nom", "Le nom de la structure", "Les Jardins du Lez"),
    Variable("structure.siret", "Son SIRET", "73282932000074"),
    Variable("structure.adresse", "Sa rue", "12 rue des Acacias"),
    Variable("structure.code_postal", "Son code postal", "34000"),
    Variable("structure.commune", "Sa commune", "Montpellier"),
    Variable("porteur.nom", "Le prénom et le nom du porteur", "Salomé Vialla"),
    Variable("porteur.civilite", "Sa civilité, pour s’adresser à lui", "madame", "appel"),
    Variable("porteur.email", "Son adresse électronique", "salome@exemple.example", "courriel"),
    Variable("referent.nom", "Le référent du dossier, ou le signataire", "Awa Sarrazac"),
    Variable("referent.fonction", "Sa fonction", "chargée de mission"),
    Variable("referent.email", "Son adresse électronique", "awa@exemple.example", "courriel"),
    Variable("referent.telephone", "Son téléphone", "+33465712003", "telephone"),
    Variable("dossier.reference", "La référence du dossier", "MP-2027-014"),
    Variable("dossier.projet", "« votre projet » et son titre", "votre projet « Un jardin »"),
    Variable("dossier.dispositif", "Le dispositif", "Microprojets associatifs"),
    Variable("dossier.etape", "L’étape, comme le porteur la lit", "Votre projet est en cours"),
    Variable("dossier.depuis", "Depuis quand à cette étape", "2027-03-03", "date_longue"),
    Variable("dossier.mi_parcours", "La mi-parcours du projet", "2027-11-01", "date_longue"),
    Variable("dossier.plafond", "Le plafond de l’aide", 2_300_000, "montant"),
)
_OF_A_MOVE = (
    Variable("action.libelle", "L’action qui fait partir la lettre", "Retenir le projet"),
    Variable("action.motif", "Le motif donné", "Le plan de financement reste à préciser."),
    Variable("action.par", "Qui a fait l’action", "Awa Sarrazac"),
)
_OF_A_REMINDER = (
    Variable("relance.numero", "Le rang du rappel : 1 pour le premier", 1),
    Variable("relance.sur", "Combien de rappels au plus", 4),
    Variable("relance.cause", "Ce qui est rappelé", "Documents à fournir"),
    Variable("relance.depuis", "Depuis quand le dossier attend", "2027-03-03", "date_longue"),
)
_OF_A_SEANCE = (
    ("comite", "Le nom du comité", "CTS", ""),
    ("tenue_le", "Sa date et son heure", "2027-03-12T13:00:00Z", "date_heure"),
    ("lieu", "Son lieu", "Maison des associations, salle 2", ""),
    ("cloture", "Le dernier jour pour s’y inscrire", "2027-02-26", "date_longue"),
)
MEETING = ("seance", "Séance")
_OF_A_MEMBER = (
    Variable("membre.nom", "Le prénom et le nom du membre", "Camille Aubrac"),
    Variable("membre.civilite", "Sa civilité, pour s’adresser à lui", "madame", "appel"),
    Variable("membre.structure", "Au nom de qui il siège", "Fondation Exemple"),
    Variable("seance.lien_visio", "Pour participer à distance", "https://visio.exemple.example/x"),
    Variable("seance.nombre_de_dossiers", "Combien de dossiers y passent", 13),
    Variable("seance.vote_avant", "Si l’on vote avant la séance", True),
    Variable(
        "lien_personnel",
        "Le lien qui ouvre la page du membre, à lui seul",
        "https://lien-personnel.invalid/seance/1",
    ),
)
_OF_A_PRESTATAIRE = (
    Variable("prestataire.nom", "Le prestataire consulté", "Atelier des possibles"),
    Variable("prestataire.contact", "Son interlocuteur", "Camille Aubrac"),
    Variable("prestataire.civilite", "Sa civilité, pour s’adresser à lui", "madame", "appel"),
    Variable("dossier.reference", "La référence du dossier", "DLA-2027-014"),
    Variable("dossier.titre", "Le titre de la mission", "Organiser le service"),
    Variable("structure.nom", "La structure accompagnée", "Les Jardins du Lez"),
    Variable("dossier.date_debut", "Le début de la mission", "2027-05-03", "date_longue"),
    Variable("dossier.date_fin", "La fin de la mission", "2027-09-30", "date_longue"),
    Variable(
        "consultation.echeance",
        "Jusqu’à quand les offres sont attendues",
        "2027-03-12T16:00:00Z",
        "date_heure",
    ),
    Variable("offre.jours", "Les jours de l’offre retenue", "4,5"),
    Variable("offre.cout_ht", "Son prix hors taxes", 300_000, "montant"),
    Variable("offre.cout_ttc", "Son prix toutes taxes comprises", 360_000, "montant"),
    Variable(
        "lien_personnel",
        "Le lien qui ouvre la page du prestataire, à lui seul",
        "https://lien-personnel.invalid/consultation/1",
    ),
)
_OF_AN_APPOINTMENT = (
    Variable("rendez_vous.le", "La date du rendez-vous", "2027-03-16T09:30:00Z", "date_heure"),
    Variable("rendez_vous.lieu", "Son lieu", "À nos bureaux, 3 place du Marché"),
)
_PIECES = {
    "pieces_manquantes": "Les documents obligatoires qui manquent",
    "pieces_attendues": "Tous les documents à fournir",
}
_SAID = {
    "titre": "Un jardin partagé",
    "objet": "Créer deux emplois de maraîchage.",
    "commune": "Montpellier",
    "montant_demande": 2_000_000,
    "montant_accorde": 1_850_000,
    "cout_total": 4_000_000,
    "titulaire_iban": "Les Jardins du Lez",
    "prestataire": "Cabinet Exemple",
    "destinataire": "Services de l’État",
    "date_fin": "2028-05-02",
    "destination": "Un autre organisme",
    "organisme_destinataire": "Association Exemple",
}
_BY_TYPE: Mapping[str, tuple[Any, str]] = {
    "montant": (150_000, "montant"),
    "date": ("2027-05-03", "date_longue"),
    "date_heure": ("2027-05-03T08:00:00Z", "date_heure"),
    "entier": (2, ""),
    "nombre": ("4,5", ""),
    "oui_non": (True, ""),
    "telephone": ("+33465712003", "telephone"),
    "email": ("contact@exemple.example", "courriel"),
    "departement": ("Hérault (34)", ""),
}


def variables_of(engine: Engine, letter: Letter) -> tuple[Variable, ...]:
    """Every value that a letter may use, those of the questions of its pipelines included."""
    named, uses = naming(engine, letter), uses_of((letter,))
    members = letter.to == "membres"
    theirs = _BY_LINK.get(letter.to)
    found = [*_of_anybody(), *theirs] if theirs else [*_COMMON, *_answers(engine, named)]
    found += _OF_A_MOVE if named.by_moves else ()
    found += _OF_A_REMINDER if named.by_reminders else ()
    found += [
        Variable(f"{key}.{name}", f"{label} : {said[0].lower()}{said[1:]}", example, way)
        for key, label in ((MEETING,) if members else _referred(engine, named))
        if key in uses
        for name, said, example, way in _OF_A_SEANCE
    ]
    found += _OF_AN_APPOINTMENT if RENDEZ_VOUS in uses else ()
    for name, description in _PIECES.items():
        if name in uses:
            more = {"obligatoire": True} if name == "pieces_attendues" else {}
            example = [{**_PIECE, **more}, {**_PIECE, "label": "RIB de la structure", **more}]
            found.append(Variable(name, description, example, within=tuple(example[0])))
    return tuple(found)


#: Whoever is written to with a personal link, and what is told of him.
_BY_LINK: Mapping[str, tuple[Variable, ...]] = {
    "membres": _OF_A_MEMBER,
    "prestataires": _OF_A_PRESTATAIRE,
}


def _of_anybody() -> tuple[Variable, ...]:
    """What is told of the organisme and of whom to answer, whatever the letter is about."""
    return tuple(each for each in _COMMON if each.name.startswith(("organisme.", "referent.")))


def _answers(engine: Engine, named: Naming) -> Iterator[Variable]:
    """The questions of the pipelines that name the letter, each once."""
    seen: set[str] = set()
    for pipeline in named.pipelines:
        for field in pipeline.every_field():
            if field.key in seen or not is_told(engine, field):
                continue
            seen.add(field.key)
            example, way = _example(field)
            yield Variable(f"dossier.{field.key}", field.label, example, way)


def _referred(engine: Engine, named: Naming) -> Iterator[tuple[str, str]]:
    """The questions whose answer is something that letters tell of: a séance."""
    references = engine.vocabulary.references
    seen: set[str] = set()
    for pipeline in named.pipelines:
        for field in pipeline.every_field():
            kind = references.get(field.type)
            if kind is not None and kind.tell is not None and field.key not in seen:
                seen.add(field.key)
                yield field.key, field.label


def _example(field: Field) -> tuple[Any, str]:
    """An answer to a question, and the filter that says it best."""
    example, way = _BY_TYPE.get(field.type, (f"{field.label} : une réponse", ""))
    if field.choices and field.key not in _SAID:
        labels = [choice.label for choice in field.choices[:2]]
        several = field.multiple or field.type == "choix_multiple"
        return (labels, "liste") if several else (labels[0], "")
    return _SAID.get(field.key, example), way
