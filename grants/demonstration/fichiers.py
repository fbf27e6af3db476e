"""What one file of a demonstration may hold."""

from __future__ import annotations

from pydantic import Field

from grants.demonstration.abreges import AdherentDit, Appui, ConsultationDite, PorteurIae
from grants.demonstration.modeles import (
    Comite,
    Compte,
    Donnee,
    Dossier,
    Enveloppe,
    Intervention,
    Membre,
    Organisme,
    Personne,
    Prestataire,
    Seance,
    Structure,
    Tache,
)


class Fichier(Donnee):
    """The tables of a TOML file, each under the name that it bears there."""

    organisme: Organisme | None = None
    comptes: tuple[Compte, ...] = Field(default=(), alias="compte")
    comites: tuple[Comite, ...] = Field(default=(), alias="comite")
    membres: tuple[Membre, ...] = Field(default=(), alias="membre")
    enveloppes: tuple[Enveloppe, ...] = Field(default=(), alias="enveloppe")
    prestataires: tuple[Prestataire, ...] = Field(default=(), alias="prestataire")
    seances: tuple[Seance, ...] = Field(default=(), alias="seance")
    structures: tuple[Structure, ...] = Field(default=(), alias="structure")
    personnes: tuple[Personne, ...] = Field(default=(), alias="personne")
    dossiers: tuple[Dossier, ...] = Field(default=(), alias="dossier")
    taches: tuple[Tache, ...] = Field(default=(), alias="tache")
    interventions: tuple[Intervention, ...] = Field(default=(), alias="intervention")
    appuis: tuple[Appui, ...] = Field(default=(), alias="appui")
    porteurs_iae: tuple[PorteurIae, ...] = Field(default=(), alias="porteur_iae")
    consultations: tuple[ConsultationDite, ...] = Field(default=(), alias="consultation")
    adherents: tuple[AdherentDit, ...] = Field(default=(), alias="adherent")


class Demonstration(Donnee):
    """One organisme with everything that happened there."""

    organisme: Organisme
    comptes: tuple[Compte, ...]
    seances: tuple[Seance, ...]
    structures: tuple[Structure, ...]
    personnes: tuple[Personne, ...]
    dossiers: tuple[Dossier, ...]
    taches: tuple[Tache, ...] = ()
    interventions: tuple[Intervention, ...] = ()
    comites: tuple[Comite, ...] = ()
    membres: tuple[Membre, ...] = ()
    prestataires: tuple[Prestataire, ...] = ()
    enveloppes: tuple[Enveloppe, ...] = ()
    consultations: tuple[ConsultationDite, ...] = ()
    adherents: tuple[AdherentDit, ...] = ()
