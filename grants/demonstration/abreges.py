"""What the files tell in a few lines where many dossiers went the same way, as frozen models."""

from __future__ import annotations

from collections.abc import Mapping

from grants.demonstration.modeles import Donnee, Personne, Temps
from grants.demonstration.valeurs import Cle, Jour, Moment, Secteur, Siret, Texte


class Appui(Donnee):
    """Support to a structure of the insertion, from its demand to its end, in a few lines."""

    structure: Cle
    type: Cle
    porteur: Personne
    le: Moment
    themes: tuple[Cle, ...]
    objet: Texte
    temps: tuple[Temps, ...]
    clos_le: Moment
    travaux: Texte
    satisfaction: int | None = None


class PorteurIae(Donnee):
    """Somebody with a project of the insertion: what stopped it, or to whom it was handed on."""

    porteur: Personne
    titre: Texte
    commune: Texte
    secteur: Secteur
    le: Moment
    recu_le: Moment
    fin_le: Moment
    sans_suite: Texte | None = None
    transmis_a: Texte | None = None


class OffreDite(Donnee):
    """What a prestataire offered, as he typed it. `notes`: its marks, out of five."""

    prestataire: Siret
    le: Moment
    jours: Texte
    ht: Texte
    ttc: Texte
    methode: Texte
    notes: Mapping[Cle, int] = {}


class JourneeDite(Donnee):
    """Days that the prestataire gave."""

    le: Moment
    jours: Texte
    objet: Texte


class FactureDite(Donnee):
    """An invoice, the day it came, and the day it was paid."""

    le: Moment
    numero: Texte
    montant: Texte
    payee_le: Moment | None = None


class ConsultationDite(Donnee):
    """A consultation as far as it went, then the mission. Always invented."""

    dossier: Cle
    acteur: Cle
    preparee_le: Moment
    echeance: Moment
    prestataires: tuple[Siret, ...]
    envoyee_le: Moment | None = None
    offres: tuple[OffreDite, ...] = ()
    declines: Mapping[Siret, Moment] = {}
    ouverte_le: Moment | None = None
    choisie_le: Moment | None = None
    retenue: Siret | None = None
    motif: Texte | None = None
    date_debut: Jour | None = None
    date_fin: Jour | None = None
    journees: tuple[JourneeDite, ...] = ()
    factures: tuple[FactureDite, ...] = ()
    evaluee_le: Moment | None = None
    evaluation: int | None = None
    appreciation: Texte | None = None


class AdherentDit(Donnee):
    """A structure that is a member, told on the day its fee was called, once it is known."""

    structure: Cle
    nature: Cle | None = None
    college: Texte
    debut: Jour
    le: Moment
    cotisation: Texte | None = None
    payee_le: Jour | None = None
