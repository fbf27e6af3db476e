"""The shapes of what the API gives: checked when the code is, described when they are asked for.

They are typed dictionaries and cost nothing when the program starts or answers; the tests hold
every answer against its description.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

Cents = Annotated[int, Field(description="En centimes d’euro.")]
Version = Annotated[int, Field(description="À rendre dans « If-Match » ; c’est aussi l’« ETag ».")]
Values = Annotated[
    dict[str, str | list[str] | None],
    Field(description="Les réponses par champ, telles qu’on les renvoie."),
]


class Named(TypedDict):
    """Quelqu’un ou quelque chose, par son nom."""

    id: int
    nom: str


class Moi(TypedDict):
    """Pour qui ce jeton agit, et ce qu’il permet."""

    compte: Named
    organisme: Named
    role: str
    jeton: str
    portee: str
    expire_le: datetime


class Raison(TypedDict):
    """Une raison d’un refus : un code, une phrase, et le champ où la corriger."""

    code: str
    message: str
    champ: str | None


class Porteur(TypedDict):
    """La personne qui porte un dossier."""

    id: int
    nom: str
    email: str | None
    telephone: str | None
    version: Version


class LigneDossier(TypedDict):
    """Un dossier, comme dans la liste."""

    id: int
    reference: str
    titre: str
    dispositif: str
    etape: str
    etape_depuis: datetime
    structure: str | None
    porteur: str | None
    referent: str | None
    commune: str | None
    departement: str | None
    montant_demande: Cents | None
    montant_accorde: Cents | None


class PageDossiers(TypedDict):
    """Une page de la liste des dossiers."""

    dossiers: list[LigneDossier]
    suivant: str | None


class EtapeTableau(TypedDict):
    """Une étape du tableau : combien de dossiers, et leurs sommes."""

    etape: str
    libelle: str
    nombre: int
    demande: Cents
    accorde: Cents


class Tableau(TypedDict):
    """Un dispositif, étape par étape."""

    dispositif: str
    etapes: list[EtapeTableau]


class Dossier(TypedDict):
    """Un dossier, avec les réponses de ses fiches."""

    id: int
    reference: str
    titre: str
    dispositif: str
    dispositif_version: int
    etape: str
    etape_libelle: str
    etape_depuis: datetime
    termine: bool
    ouvert_le: date
    structure: Named | None
    porteur: Porteur | None
    referent: Named | None
    montant_demande: Cents | None
    montant_accorde: Cents | None
    plafond: Cents | None
    fiches: dict[str, Values]
    version: Version


class Ouvert(TypedDict):
    """Le dossier qui vient d’être ouvert ; `plafond_depasse` si la demande est au-dessus."""

    id: int
    reference: str
    plafond_depasse: Cents | None


class ActionPossible(TypedDict):
    """Une action de l’étape : possible, ou refusée avec toutes ses raisons."""

    cle: str
    libelle: str
    vers: str | None
    possible: bool
    raisons: list[Raison]
    roles: list[str]
    motif_demande: bool
    lettres: list[str]
    schema: dict[str, Any]


class Actions(TypedDict):
    """Ce que l’on peut faire d’un dossier là où il est."""

    etape: str
    actions: list[ActionPossible]
    version: Version


class Mouvement(TypedDict):
    """Un mouvement qui a eu lieu."""

    action: str
    de: str
    vers: str
    le: datetime


class Avance(TypedDict):
    """Où est le dossier après l’action, et les mouvements faits."""

    id: int
    etape: str
    mouvements: list[Mouvement]
    version: Version


class Note(TypedDict):
    """Une note d’un collègue."""

    auteur: str
    le: datetime
    texte: str


class Notes(TypedDict):
    """Les notes d’un dossier, les dernières d’abord."""

    notes: list[Note]


class RendezVous(TypedDict):
    """Un rendez-vous avec le porteur."""

    le: datetime
    lieu: str


class LesRendezVous(TypedDict):
    """Les rendez-vous d’un dossier, le dernier fixé d’abord."""

    rendez_vous: list[RendezVous]


class Lien(TypedDict):
    """Un autre dossier, lié à celui-ci."""

    id: int
    reference: str
    titre: str
    dispositif: str
    etape: str
    nature: str
    ouvert_d_ici: bool


class Liens(TypedDict):
    """Les dossiers liés à un dossier."""

    liens: list[Lien]


class Echeance(TypedDict):
    """Ce qui est prévu pour un dossier."""

    regle: str
    nature: str
    le: datetime
    etat: str


class Echeances(TypedDict):
    """Les échéances ouvertes d’un dossier, la plus proche d’abord."""

    echeances: list[Echeance]


class Entree(TypedDict):
    """Une ligne du journal. `contenu` est vide une fois effacé."""

    numero: int
    le: datetime
    nature: str
    evenement: str
    acteur: str
    role: str
    de: str | None
    vers: str | None
    corrige: int | None
    contenu: dict[str, Any]
    efface_le: datetime | None


class Journal(TypedDict):
    """Le journal, de la plus récente ligne à la première."""

    entrees: list[Entree]


class LigneStructure(TypedDict):
    """Une structure, comme dans la liste."""

    id: int
    nom: str
    siret: str | None
    rna: str | None
    forme_juridique: str | None
    secteur: str | None
    commune: str | None
    departement: str | None


class PageStructures(TypedDict):
    """Une page de la liste des structures."""

    structures: list[LigneStructure]
    suivant: str | None


class Proche(TypedDict):
    """Une structure connue qui ressemble à celle que l’on décrit."""

    id: int
    nom: str
    siret: str | None
    commune: str | None
    pourquoi: str


class Proches(TypedDict):
    """Les structures connues qui ressemblent."""

    structures: list[Proche]


class Contact(TypedDict):
    """Quelqu’un d’une structure. La version est celle de la personne."""

    id: int
    personne_id: int
    nom: str
    email: str | None
    telephone: str | None
    fonction: str | None
    version: Version


class Contacts(TypedDict):
    """Les contacts d’une structure, par nom."""

    contacts: list[Contact]


class Structure(TypedDict):
    """Une structure, ses contacts et ses dossiers."""

    id: int
    fiche: Values
    contacts: list[Contact]
    dossiers: list[LigneDossier]
    version: Version


class Cree(TypedDict):
    """Ce qui vient d’être enregistré."""

    id: int


class Ajoute(TypedDict):
    """La personne ajoutée, et ce qui différait de ce que l’on savait d’elle."""

    personne_id: int
    nom: str
    differe: list[str]


class Personne(TypedDict):
    """Une personne connue de l’organisme."""

    id: int
    nom: str
    email: str | None
    telephone: str | None
    version: Version


class LigneSeance(TypedDict):
    """Une séance, et combien de dossiers y sont inscrits."""

    id: int
    comite: str
    tenue_le: datetime
    lieu: str
    cloture_inscriptions: date
    inscrits: int


class Seances(TypedDict):
    """Les séances, la dernière d’abord."""

    seances: list[LigneSeance]


class Seance(TypedDict):
    """Une séance et les dossiers inscrits."""

    id: int
    comite: str
    tenue_le: datetime
    lieu: str
    cloture_inscriptions: date
    dossiers: list[LigneDossier]
    version: Version


class Change(TypedDict):
    """Si quelque chose a changé."""

    change: bool


class ChangeVersion(TypedDict):
    """Si quelque chose a changé, et la version qui en résulte."""

    change: bool
    version: Version


class EtapeDispositif(TypedDict):
    """Une étape d’un dispositif."""

    cle: str
    libelle: str
    libelle_public: str
    finale: bool
    fiches: list[str]


class FicheDispositif(TypedDict):
    """Une fiche, et le schéma JSON de ses réponses."""

    cle: str
    libelle: str
    schema: dict[str, Any]


class ActionDispositif(TypedDict):
    """Une action : d’où, vers où, par qui, et le schéma JSON de ce qu’elle demande."""

    cle: str
    libelle: str
    de: list[str]
    vers: str
    roles: list[str]
    regles: list[str]
    motif_demande: bool
    automatique: bool
    lettres: list[str]
    schema: dict[str, Any]


class LigneDispositif(TypedDict):
    """Un dispositif."""

    cle: str
    libelle: str
    version: int


class Dispositifs(TypedDict):
    """Les dispositifs de l’installation."""

    dispositifs: list[LigneDispositif]


class Dispositif(TypedDict):
    """Tout ce qu’il faut pour faire les écrans d’un dispositif."""

    cle: str
    libelle: str
    description: str
    dispositif_version: int
    initiale: str
    etapes: list[EtapeDispositif]
    fiches: list[FicheDispositif]
    actions: list[ActionDispositif]


class Identite(TypedDict):
    """L’identité de l’organisme."""

    fiche: Values
    logo: bool
    version: Version


class Parametre(TypedDict):
    """Une règle d’un dispositif : sa valeur, et celle par défaut."""

    cle: str
    libelle: str
    valeur: str | list[str]
    defaut: str | list[str]
    propre: bool


class Parametres(TypedDict):
    """Les paramètres d’un dispositif. La version est celle de l’organisme."""

    dispositif: str
    parametres: list[Parametre]
    version: Version


class Collegue(TypedDict):
    """Quelqu’un de l’équipe."""

    compte_id: int
    nom: str
    email: str
    role: str
    actif: bool
    venu: bool


class Equipe(TypedDict):
    """Qui peut entrer, et à quel titre."""

    equipe: list[Collegue]


class Invitation(TypedDict):
    """La personne invitée ; `lien` une seule fois, pour choisir un mot de passe."""

    compte_id: int
    nom: str
    lien: str | None


class LienMotDePasse(TypedDict):
    """Un lien pour choisir un mot de passe, donné une seule fois."""

    lien: str


class EtapeEntonnoir(TypedDict):
    """Combien de dossiers sont entrés pour la première fois dans une étape."""

    etape: str
    libelle: str
    nombre: int


class TempsEtape(TypedDict):
    """Les jours passés dans une étape par ceux qui en sont sortis."""

    etape: str
    libelle: str
    sejours: int
    mediane: int
    neuvieme_decile: int


class Pilotage(TypedDict):
    """Les chiffres d’un dispositif sur une période."""

    dispositif: str
    du: date | None
    au: date | None
    demande: Cents
    accorde: Cents
    retenus: int
    entonnoir: list[EtapeEntonnoir]
    temps: list[TempsEtape]


class Tache(TypedDict):
    """Quelque chose à faire pour un jour, par quelqu’un."""

    id: int
    titre: str
    dossier_id: int | None
    pour_id: int | None
    pour_le: date
    faite_le: datetime | None
    version: Version


class Etiquettes(TypedDict):
    """Des étiquettes, par nom."""

    etiquettes: list[Named]
