"""What a column may bring: the same questions as the forms, under the names people give them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from grants.dossiers.columns import COLUMNS
from grants.dossiers.first_contact import ORIGINES
from grants.organisation.people import PERSONNE_FIELDS
from grants.reprise.tables import CONTACTS, STRUCTURES
from grants.structures.contacts import FONCTION
from grants.structures.service import STRUCTURE_FIELDS
from workflow.engine import Engine
from workflow.pipeline import Field, Pipeline

EXTERNE = "externe"
LONGEST_EXTERNE = 60
STAGE = "etape"
STAGE_DATE = "le_"
_STAGE_TITLES = ("{}", "date {}", "date entrée {}", "entrée {}", "{} le")
_LEFT_BY_MOVES = frozenset({"date", "montant"})


@dataclass(frozen=True, slots=True)
class Target:
    """Something that a column may bring. `names` are other titles that it is known by."""

    field: Field
    group: str
    names: tuple[str, ...] = ()
    example: str = ""

    @property
    def key(self) -> str:
        """What the choice of a column is kept under."""
        return self.field.key

    @property
    def label(self) -> str:
        """What people read."""
        return self.field.label


_NAMES: dict[str, tuple[str, ...]] = {
    "nom": ("structure", "association", "raison sociale", "dénomination", "nom association"),
    "siret": ("n° siret", "numéro siret", "siret structure"),
    "rna": ("rna", "n° rna", "waldec", "n° waldec"),
    "forme_juridique": ("statut juridique", "forme juridique", "forme"),
    "secteur": ("secteur", "activité", "domaine"),
    "effectif": ("effectif", "etp", "salariés", "nombre de salariés"),
    "adresse": ("rue", "adresse postale", "adresse complète"),
    "code_postal": ("cp", "code postal"),
    "commune": ("ville", "localité"),
    "departement": ("dpt", "dept", "dép", "département"),
    "telephone": ("téléphone", "tél", "tel", "téléphone fixe", "portable", "mobile"),
    "email": ("e-mail", "mail", "courriel", "adresse mail", "adresse électronique", "e mail"),
    "civilite": ("titre de civilité", "mme/m.", "m./mme", "genre"),
    "site": ("site web", "web", "url", "site"),
    "titre": ("projet", "intitulé", "nom du projet", "intitulé du projet", "libellé"),
    "objet": ("description", "résumé", "objet du projet", "présentation"),
    "montant_demande": ("montant demandé", "demande", "subvention demandée", "demandé"),
    "montant_accorde": ("montant accordé", "accordé", "subvention accordée", "aide accordée"),
    "cout_total": ("budget", "budget total", "coût du projet", "coût"),
    "emplois_crees": ("emplois", "emplois créés", "nombre d'emplois"),
    "date_debut": ("début", "date de début", "date début"),
    "date_fin": ("fin", "date de fin", "date fin"),
    "public_vise": ("public", "bénéficiaires"),
    "lieu": ("lieu",),
}
_EXAMPLES = {
    "nom": "Les Jardins du Lez",
    "siret": "732 829 320 00074",
    "rna": "W342000001",
    "effectif": "3,5",
    "adresse": "12 rue des Acacias",
    "code_postal": "34000",
    "commune": "Montpellier",
    "departement": "34",
    "telephone": "01 99 00 12 34",
    "email": "contact@exemple.fr",
    "site": "https://www.exemple.fr",
    "titre": "Un jardin partagé",
    "cout_total": "40 000,00",
    "montant_demande": "20 000,00",
    "montant_accorde": "18 000,00",
    "fonction": "Présidente",
}


def targets_of(engine: Engine, sujet: str, pipeline: str | None) -> tuple[Target, ...]:
    """Everything that a file on this subject may bring."""
    if sujet == STRUCTURES:
        own = _external("Numéro d'origine", "n°", "numéro", "code", "identifiant", "id")
        return (*(_plain(field, "La structure") for field in STRUCTURE_FIELDS), own)
    if sujet == CONTACTS:
        return _contacts()
    loaded = engine.catalogue.latest(pipeline or "")
    assert loaded is not None, "the subject was chosen among the pipelines"
    references = frozenset(engine.vocabulary.references)
    return _told_apart(_dossiers(loaded.pipeline, references), loaded.pipeline)


def _told_apart(targets: tuple[Target, ...], pipeline: Pipeline) -> tuple[Target, ...]:
    """Two questions of the same words are told apart by the sheet that asks them."""
    sheets = {field.key: sheet.label for sheet in pipeline.sheets for field in sheet.fields}
    seen: dict[str, int] = {}
    for target in targets:
        seen[target.label] = seen.get(target.label, 0) + 1
    return tuple(
        replace(target, field=_renamed_as(target.field, sheets.get(target.key, target.group)))
        if seen[target.label] > 1
        else target
        for target in targets
    )


def _renamed_as(field: Field, asked_by: str) -> Field:
    return field.model_copy(update={"label": f"{field.label} – {asked_by}"})


def _external(label: str, *names: str) -> Target:
    field = Field(key=EXTERNE, label=label, type="texte", longest=LONGEST_EXTERNE)
    return Target(field, "La structure", names, "A-017")


def _plain(field: Field, group: str) -> Target:
    return Target(field, group, _NAMES.get(field.key, ()), _example(field))


def _example(field: Field) -> str:
    if field.choices:
        return field.choices[0].label
    kinds = {"date": "12/03/2009", "oui_non": "oui", "montant": "1 200,50", "entier": "2"}
    return _EXAMPLES.get(field.key, kinds.get(field.type, ""))


def _contacts() -> tuple[Target, ...]:
    group = "La personne"
    nom, *others = PERSONNE_FIELDS
    return (
        Target(nom, group, ("nom", "contact", "nom complet", "interlocuteur"), "Martin"),
        _first_name("prenom", group),
        *(_plain(field, group) for field in others),
        Target(FONCTION, group, ("rôle", "qualité", "poste"), "Présidente"),
        *_structure_targets("Sa structure"),
    )


def _first_name(key: str, group: str, *names: str) -> Target:
    field = Field(key=key, label="Prénom", type="texte", longest=100)
    return Target(field, group, names, "Anne")


def _structure_targets(group: str) -> tuple[Target, ...]:
    """How a contact or a dossier says which structure it belongs to."""
    known = {field.key: field for field in STRUCTURE_FIELDS}
    asked = (
        ("nom", "Structure", ("nom structure", "association", "raison sociale", "organisme")),
        ("siret", "SIRET de la structure", ("siret", "n° siret", "numéro siret")),
        ("rna", "RNA de la structure", ("rna", "numéro rna", "n° rna")),
    )
    external = Field(
        key=f"structure_{EXTERNE}",
        label="Numéro d'origine de la structure",
        type="texte",
        longest=LONGEST_EXTERNE,
    )
    return (
        *(
            Target(
                _renamed(known[key], f"structure_{key}", label), group, names, _example(known[key])
            )
            for key, label, names in asked
        ),
        Target(external, group, ("code structure", "numéro structure", "id structure"), "A-017"),
    )


def _renamed(field: Field, key: str, label: str) -> Field:
    return field.model_copy(update={"key": key, "label": label, "required": False})


def _dossiers(pipeline: Pipeline, references: frozenset[str]) -> tuple[Target, ...]:
    nom, email, telephone, civilite = PERSONNE_FIELDS
    who, where = "Le porteur", "La structure"
    return (
        *_of_the_dossier(pipeline),
        *(_stage_date(stage.key, stage.label) for stage in pipeline.stages),
        Target(_renamed(nom, "porteur_nom", "Porteur"), who, ("porteur de projet", "nom porteur")),
        _first_name("porteur_prenom", who, "prénom porteur"),
        Target(_renamed(email, "porteur_email", "E-mail du porteur"), who, _NAMES["email"]),
        Target(_renamed(telephone, "porteur_telephone", "Téléphone du porteur"), who,
               _NAMES["telephone"]),
        Target(_renamed(civilite, "porteur_civilite", "Civilité du porteur"), who,
               ("civilité", *_NAMES["civilite"]), _example(civilite)),
        *_structure_targets(where),
        *(
            Target(
                _optional(field),
                "Le projet" if field.key in COLUMNS else "Les autres réponses",
                _NAMES.get(field.key, ()),
                _example(field),
            )
            for field in _asked(pipeline, references)
        ),
    )  # fmt: skip


def _of_the_dossier(pipeline: Pipeline) -> tuple[Target, ...]:
    group = "Le dossier"
    title = Field(key="titre", label="Projet", type="texte", longest=200, required=True)
    reference = Field(key="reference", label="Référence", type="texte", longest=20)
    stage = Field(key=STAGE, label="Étape actuelle", type="texte")
    referent = Field(key="referent", label="Référent", type="texte", longest=254)
    origin = Field(key="origine", label="Origine du contact", type="choix", choices=ORIGINES)
    cap = Field(key="plafond", label="Plafond à l'époque", type="montant", minimum=1)
    has_cap = any(parameter.key == "plafond" for parameter in pipeline.parameters)
    return (
        Target(title, group, _NAMES["titre"], "Un jardin partagé"),
        Target(
            reference,
            group,
            ("numéro", "n°", "n° dossier", "numéro de dossier", "dossier"),
            f"{pipeline.prefix}-2009-001",
        ),
        Target(stage, group, ("étape", "état", "statut", "situation"), pipeline.stages[1].label),
        Target(referent, group, ("chargé de mission", "suivi par", "chargée de mission")),
        Target(origin, group, ("origine", "comment nous a-t-on connus"), ORIGINES[0].label),
        *((Target(cap, group, ("plafond",)),) if has_cap else ()),
    )


def _stage_date(key: str, label: str) -> Target:
    field = Field(key=f"{STAGE_DATE}{key}", label=f"Entrée en « {label} »", type="date")
    names = tuple(
        form.format(name) for name in (label, key.replace("_", " ")) for form in _STAGE_TITLES
    )
    return Target(field, "Son histoire", names, "12/03/2009")


def _asked(pipeline: Pipeline, references: frozenset[str]) -> tuple[Field, ...]:
    """The questions of the sheets, and the dates and amounts that moves leave; none to a row."""
    of_sheets = {field.key for sheet in pipeline.sheets for field in sheet.fields}
    found = {
        field.key: field
        for field in pipeline.every_field()
        if field.type not in references
        and (field.key in of_sheets or field.key in COLUMNS or field.type in _LEFT_BY_MOVES)
    }
    return tuple(field for key, field in found.items() if key != "titre")


def _optional(field: Field) -> Field:
    """What was never asked then is not owed now."""
    return field.model_copy(update={"required": False})
