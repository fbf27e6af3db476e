"""What the list reads beside the dossiers: views, columns, étiquettes, counts."""

# ruff: noqa: D106 - Django's Meta classes say themselves what they are

from __future__ import annotations

from django.db import models

from benchmarks.django_site.models import Compte, Dossier, Organisme, Unmanaged


class Vue(Unmanaged):
    """A saved view of the list."""

    organisme = models.ForeignKey(Organisme, models.PROTECT)
    compte = models.ForeignKey(Compte, models.PROTECT)
    nom = models.CharField(max_length=60)
    nom_cle = models.CharField(max_length=240)
    partagee = models.BooleanField(default=False)
    requete = models.TextField()

    class Meta(Unmanaged.Meta):
        db_table = "vue"


class PreferenceListe(Unmanaged):
    """The columns that somebody chose."""

    pk = models.CompositePrimaryKey("organisme_id", "compte_id")
    organisme = models.ForeignKey(Organisme, models.PROTECT)
    compte = models.ForeignKey(Compte, models.PROTECT)
    colonnes = models.TextField()
    vue_id = models.BigIntegerField(null=True)

    class Meta(Unmanaged.Meta):
        db_table = "preference_liste"


class Etiquette(Unmanaged):
    """A word to file dossiers under."""

    organisme = models.ForeignKey(Organisme, models.PROTECT)
    nom = models.CharField(max_length=40)
    nom_cle = models.CharField(max_length=160)

    class Meta(Unmanaged.Meta):
        db_table = "etiquette"


class DossierEtiquette(Unmanaged):
    """One word on one dossier."""

    pk = models.CompositePrimaryKey("dossier_id", "etiquette_id")
    dossier = models.ForeignKey(Dossier, models.PROTECT)
    etiquette = models.ForeignKey(Etiquette, models.PROTECT)
    organisme = models.ForeignKey(Organisme, models.PROTECT)

    class Meta(Unmanaged.Meta):
        db_table = "dossier_etiquette"


class Compteur(Unmanaged):
    """How many dossiers stand where."""

    pk = models.CompositePrimaryKey(
        "organisme_id", "pipeline", "stage", "referent_id", "departement"
    )
    organisme_id = models.BigIntegerField()
    pipeline = models.CharField(max_length=40)
    stage = models.CharField(max_length=40)
    referent_id = models.BigIntegerField()
    departement = models.CharField(max_length=3)
    nombre = models.BigIntegerField()
    demande = models.BigIntegerField()
    accorde = models.BigIntegerField()

    class Meta(Unmanaged.Meta):
        db_table = "compteur_present"
