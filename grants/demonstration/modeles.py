"""What the files of a demonstration hold, as frozen models.

The dossiers are *stories*: a header (what was known at the first contact) and facts in order, each
of them one action of the pipeline, one sheet filled in, or one note.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from grants.demonstration.valeurs import (
    CHAMPS_MONTANTS,
    Centimes,
    Champ,
    Cle,
    CodePostal,
    Courriel,
    Departement,
    Forme,
    Jour,
    Moment,
    Origine,
    Pipeline,
    Rna,
    Role,
    Secteur,
    Siret,
    Telephone,
    Texte,
    Valeur,
    lire_montant,
)


class Donnee(BaseModel):
    """One table of a demonstration file: frozen, with no unknown key."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Organisme(Donnee):
    """The tenant. `fictif` is false for the one that the report describes.

    `parametres` are its own values of each pipeline's parameters, as they would be typed.
    """

    cle: Cle
    nom: Texte
    nom_complet: Texte
    adresse: Texte
    code_postal: CodePostal
    commune: Texte
    region: Texte
    telephone: Telephone
    courriel: Courriel
    departements: tuple[Departement, ...]
    fictif: bool
    parametres: Mapping[Cle, Mapping[Cle, Texte]] = Field(default_factory=dict)


class Compte(Donnee):
    """Somebody of the team, always invented."""

    cle: Cle
    prenom: Texte
    nom: Texte
    courriel: Courriel
    role: Role
    fonction: Texte | None = None
    telephone: Telephone | None = None


class Comite(Donnee):
    """An instance, with its own rules where they are not the usual ones, as they would be typed."""

    nom: Texte
    nature: Literal["decision", "avis", "pilotage"] = "decision"
    regles: Mapping[Cle, Texte] = Field(default_factory=dict)


class Enveloppe(Donnee):
    """What one funder gives each year that has a séance. Always invented."""

    dispositif: Cle = "microprojets"
    financeur: Texte
    montant: Texte


class Prestataire(Donnee):
    """Whom a DLA mission may be entrusted to, as typed in the directory. Always invented."""

    nom: Texte
    siret: Texte
    contact: Texte
    email: Courriel
    competences: tuple[Cle, ...]
    secteurs: tuple[Cle, ...] = ()
    departements: Texte | None = None
    tarif_journalier: Texte
    realisations: Texte | None = None
    actif: Literal["oui", "non"] = "oui"


class Membre(Donnee):
    """Somebody who sits in a comité, always invented. `presidence`: 1 presides, 2 in his stead."""

    cle: Cle
    comite: Texte = "CTS"
    prenom: Texte
    nom: Texte
    courriel: Courriel | None = None
    structure: Texte
    college: Texte
    voix: Literal["deliberative", "consultative"] = "deliberative"
    suppleant_de: Cle | None = None
    presidence: int | None = None
    debut: Jour


class Passage(Donnee):
    """What happened to one dossier at a séance, where it is more than a vote of all for the same.

    Each vote is under the key of its member; `montants` where it is not what was granted. The
    decision is that of the dossier's own story; here where no action has applied it yet.
    """

    dossier: Cle
    note: Texte | None = None
    avis: Texte | None = None
    vigilance: Texte | None = None
    pour: tuple[Cle, ...] = ()
    reserves: Mapping[Cle, Texte] = Field(default_factory=dict)
    ajournement: tuple[Cle, ...] = ()
    contre: tuple[Cle, ...] = ()
    abstention: tuple[Cle, ...] = ()
    montants: Mapping[Cle, Centimes] = Field(default_factory=dict)
    deports: Mapping[Cle, Texte] = Field(default_factory=dict)
    conditions: tuple[Texte, ...] = ()
    levee_le: Moment | None = None
    levee: Texte | None = None
    decision: Literal["retenu", "ajourne", "refuse"] | None = None
    montant: Centimes | None = None
    motif: Texte | None = None
    vote: Literal["a_venir", "en_cours", "clos"] = "clos"


class Seance(Donnee):
    """A meeting of a comité, and what was done of it so far (`etat`).

    `atteste` says which of its facts a public source gives. `pouvoirs`: who is represented, by
    whom. `arrivees`, `departs`: minutes from the beginning. `chacun_vote`: members vote on their
    own screens, and nobody enters a vote for them.
    """

    cle: Cle
    comite: Texte = "CTS"
    le: Moment
    lieu: Texte
    cloture_inscriptions: Jour
    invente: bool
    atteste: tuple[Texte, ...] = ()
    etat: Literal["preparation", "convoquee", "ouverte", "close", "pv_valide"] = "preparation"
    convoquee_le: Moment | None = None
    excuses: tuple[Cle, ...] = ()
    absents: tuple[Cle, ...] = ()
    pouvoirs: Mapping[Cle, Cle] = Field(default_factory=dict)
    arrivees: Mapping[Cle, int] = Field(default_factory=dict)
    departs: Mapping[Cle, int] = Field(default_factory=dict)
    chacun_vote: bool = False
    remarques: Texte | None = None
    passages: tuple[Passage, ...] = Field(default=(), alias="passage")


class Structure(Donnee):
    """An association or a cooperative; its `effectif` is in full-time employees."""

    cle: Cle
    nom: Texte
    forme: Forme
    adresse: Texte | None = None
    code_postal: CodePostal
    commune: Texte
    departement: Departement
    secteur: Secteur
    effectif: int | None = None
    siret: Siret | None = None
    rna: Rna | None = None
    site: Texte | None = None


class Personne(Donnee):
    """A porteur, always invented; reachable by e-mail, by phone, both or neither."""

    cle: Cle
    prenom: Texte
    nom: Texte
    courriel: Courriel | None = None
    telephone: Telephone | None = None
    civilite: Literal["madame", "monsieur"] | None = None


class LigneDePlan(Donnee):
    """One who pays for a project, always with an invented amount."""

    nature: Literal["cofinanceur", "fonds_propres"] = "cofinanceur"
    financeur: Texte
    montant: Centimes
    etat: Literal["demande", "obtenu", "refuse"]


class Fait(Donnee):
    """One thing that happened to a dossier: an action, a sheet, a plan de financement, or a note.

    `acteur` is the key of a compte. `champs` hold typed values (amounts in cents, aware moments,
    dates, yes or no) or the answer as it would be typed, and for a séance its key.
    """

    le: Moment
    acteur: Cle
    action: Cle | None = None
    fiche: Cle | None = None
    plan: tuple[LigneDePlan, ...] | None = None
    note: Texte | None = None
    motif: Texte | None = None
    champs: dict[str, Champ] = {}

    @field_validator("champs", mode="after")
    @classmethod
    def _montants_en_centimes(cls, champs: dict[str, Valeur]) -> dict[str, Valeur]:
        return {
            cle: lire_montant(valeur) if cle in CHAMPS_MONTANTS else valeur
            for cle, valeur in champs.items()
        }

    @model_validator(mode="after")
    def _une_seule_chose(self) -> Fait:
        choses = (self.action, self.fiche, self.plan, self.note)
        if sum(chose is not None for chose in choses) != 1:
            raise ValueError("un fait est une action, une fiche, un plan ou une note, et un seul")
        return self


class Dossier(Donnee):
    """A story: what was known at the first contact, then the facts in order.

    `etape` is where it must stand once told. `issu_de` is the dossier whose `reorienter` opens
    this one, so that it is not opened twice.
    """

    cle: Cle
    pipeline: Pipeline
    etape: Cle
    structure: Cle | None = None
    porteur: Cle
    referent: Cle
    ouvert_par: Cle
    contact_le: Moment
    origine: Origine | None = None
    titre: Texte
    objet: Texte
    montant_demande: Centimes | None = None
    cout_total: Centimes | None = None
    issu_de: Cle | None = None
    invente: bool
    atteste: tuple[Texte, ...] = ()
    faits: tuple[Fait, ...] = Field(default=(), alias="fait")


class Tache(Donnee):
    """Something that a colleague is to do, about a dossier or not. Always invented."""

    titre: Texte
    par: Cle
    pour: Cle
    confiee_le: Moment
    pour_le: Jour
    dossier: Cle | None = None


class Temps(Donnee):
    """Time spent once. Always invented."""

    nature: Texte
    le: Moment
    duree: Texte
    km: int = 0


class Intervention(Temps):
    """Time that somebody of the team spent on a dossier."""

    qui: Cle
    dossier: Cle
