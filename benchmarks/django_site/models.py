"""Models over the house's own tables, so that both write the same rows under the same indexes."""

# ruff: noqa: D106 - Django's Meta classes say themselves what they are

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django_fsm import FSMField, transition

from benchmarks.orders import AWAITED


class Unmanaged(models.Model):
    """A table that the house's schema already has."""

    class Meta:
        abstract = True
        managed = False


class Organisme(Unmanaged):
    """The tenant."""

    nom = models.CharField(max_length=200)
    sigle = models.CharField(max_length=40, null=True)
    adresse = models.CharField(max_length=500, null=True)
    ville = models.CharField(max_length=120, null=True)
    email = models.CharField(max_length=254, null=True)
    telephone = models.CharField(max_length=20, null=True)
    site = models.CharField(max_length=300, null=True)
    departements = models.CharField(max_length=200)
    parametres = models.TextField(default="{}")
    territoire = models.CharField(max_length=40)

    class Meta(Unmanaged.Meta):
        db_table = "organisme"


class Compte(Unmanaged):
    """Somebody of the team."""

    nom = models.CharField(max_length=120)
    email = models.CharField(max_length=254)

    class Meta(Unmanaged.Meta):
        db_table = "compte"


class Adhesion(Unmanaged):
    """One role of an account in one organisme."""

    organisme = models.ForeignKey(Organisme, models.PROTECT)
    compte = models.ForeignKey(Compte, models.PROTECT)
    role = models.CharField(max_length=20)
    active = models.BooleanField(default=True)
    fonction = models.CharField(max_length=120, null=True)
    telephone = models.CharField(max_length=20, null=True)

    class Meta(Unmanaged.Meta):
        db_table = "adhesion"


class Structure(Unmanaged):
    """An association."""

    nom = models.CharField(max_length=200)
    siret = models.CharField(max_length=14, null=True)
    adresse = models.CharField(max_length=500, null=True)
    code_postal = models.CharField(max_length=5, null=True)
    commune = models.CharField(max_length=120, null=True)

    class Meta(Unmanaged.Meta):
        db_table = "structure"


class Personne(Unmanaged):
    """A porteur."""

    nom = models.CharField(max_length=200)
    email = models.CharField(max_length=254, null=True)
    telephone = models.CharField(max_length=20, null=True)
    civilite = models.CharField(max_length=10, null=True)

    class Meta(Unmanaged.Meta):
        db_table = "personne"


class Seance(Unmanaged):
    """One meeting of a comité."""

    comite = models.CharField(max_length=60)
    tenue_le = models.DateTimeField()
    lieu = models.CharField(max_length=300)
    cloture_inscriptions = models.DateField()

    class Meta(Unmanaged.Meta):
        db_table = "seance"


class Piece(Unmanaged):
    """What was handed in for a dossier, or for its structure."""

    organisme = models.ForeignKey(Organisme, models.PROTECT)
    dossier_id = models.BigIntegerField(null=True)
    structure_id = models.BigIntegerField(null=True)
    cle = models.CharField(max_length=40)
    etat = models.CharField(max_length=16)

    class Meta(Unmanaged.Meta):
        db_table = "piece"


class Passage(Unmanaged):
    """A dossier on the agenda of a séance, with the count of its votes."""

    seance_id = models.BigIntegerField()
    dossier_id = models.BigIntegerField()
    etat = models.CharField(max_length=10)
    resultat = models.TextField(null=True)

    class Meta(Unmanaged.Meta):
        db_table = "passage"


class Decision(Unmanaged):
    """What the comité decided on it."""

    seance_id = models.BigIntegerField()
    dossier_id = models.BigIntegerField()
    retenue = models.CharField(max_length=12)
    montant = models.BigIntegerField(null=True)
    appliquee_le = models.DateTimeField(null=True)

    class Meta(Unmanaged.Meta):
        db_table = "decision"


class Reserve(Unmanaged):
    """A condition of a decision."""

    decision = models.ForeignKey(Decision, models.PROTECT)
    levee_le = models.DateTimeField(null=True)

    class Meta(Unmanaged.Meta):
        db_table = "reserve"


def decided_for(dossier: Dossier) -> bool:
    """A quorum, and this very amount decided."""
    place = {"seance_id": dossier.seance_id, "dossier_id": dossier.pk}
    passage, decision = (kind.objects.filter(**place).first() for kind in (Passage, Decision))
    if passage is None or passage.resultat is None or decision is None:
        return False
    quorum = json.loads(passage.resultat)["quorum_atteint"]
    return quorum and (decision.retenue, decision.montant) == ("retenu", dossier.montant_accorde)


def conditions_lifted(dossier: Dossier) -> bool:
    """Each condition of the comité is lifted."""
    place = {"decision__seance_id": dossier.seance_id, "decision__dossier_id": dossier.pk}
    return not Reserve.objects.filter(**place, levee_le=None).exists()


def seance_held(dossier: Dossier) -> bool:
    """Nothing is decided before the séance was held."""
    return dossier.seance is not None and dossier.seance.tenue_le <= dossier.decided_at


def grantable(dossier: Dossier) -> bool:
    """0 < granted ≤ min(cap, asked)."""
    granted, asked, cap = dossier.montant_accorde, dossier.montant_demande, dossier.plafond
    return bool(asked) and 0 < granted <= asked and (cap is None or granted <= cap)


def structure_known(dossier: Dossier) -> bool:
    """A convention is signed with a structure."""
    return dossier.structure_id is not None


def dates_in_order(dossier: Dossier) -> bool:
    """A project does not end before it begins."""
    start, end = dossier.date_debut, dossier.date_fin
    return start is None or end is None or start <= end


def convention_validated(dossier: Dossier) -> bool:
    """The signed convention was handed in and will do."""
    kept = Piece.objects.filter(organisme_id=dossier.organisme_id).filter(
        models.Q(dossier_id=dossier.pk) | models.Q(structure_id=dossier.structure_id)
    )
    return dict(kept.values_list("cle", "etat")).get(AWAITED) == "validee"


def may_decide(_dossier: Dossier, member: Any) -> bool:
    """Whom the action is for."""
    return member.role in ("charge_de_mission", "direction")


class Dossier(Unmanaged):
    """One project moving along the pipeline."""

    organisme = models.ForeignKey(Organisme, models.PROTECT)
    porteur = models.ForeignKey(Personne, models.PROTECT, null=True)
    structure = models.ForeignKey(Structure, models.PROTECT, null=True)
    seance = models.ForeignKey(Seance, models.PROTECT, null=True)
    referent = models.ForeignKey(Compte, models.PROTECT, null=True)
    reference = models.CharField(max_length=20)
    ouvert_le = models.DateField()
    origine = models.CharField(max_length=60, null=True)
    titre = models.CharField(max_length=200)
    titre_cle = models.CharField(max_length=400)
    objet = models.TextField(null=True)
    lieu = models.CharField(max_length=200, null=True)
    commune = models.CharField(max_length=120, null=True)
    departement = models.CharField(max_length=3, null=True)
    public_vise = models.CharField(max_length=300, null=True)
    secteur = models.CharField(max_length=60, null=True)
    emplois_crees = models.IntegerField(null=True)
    date_debut = models.DateField(null=True)
    date_fin = models.DateField(null=True)
    cout_total = models.BigIntegerField(null=True)
    montant_demande = models.BigIntegerField(null=True)
    montant_accorde = models.BigIntegerField(null=True)
    plafond = models.BigIntegerField(null=True)
    donnees = models.TextField(default="{}")
    pipeline = models.CharField(max_length=40)
    pipeline_version = models.IntegerField()
    stage = FSMField(default="contact", protected=True)
    stage_since = models.DateTimeField()
    trail = models.TextField()
    seq = models.IntegerField()
    head = models.CharField(max_length=64)
    lock_version = models.IntegerField()
    pret_pour = models.CharField(max_length=40, null=True)
    pret_depuis = models.DateTimeField(null=True)

    decided_at = timezone.now() - timedelta(days=1)

    class Meta(Unmanaged.Meta):
        db_table = "dossier"

    @transition(
        field=stage,
        source="cts",
        target="selectionne",
        conditions=[seance_held, decided_for, grantable],
        permission=may_decide,
    )
    def selectionner(self) -> None:
        """« Retenir le projet »."""
        self.stage_since = self.decided_at

    @transition(
        field=stage,
        source="selectionne",
        target="suivi",
        conditions=[structure_known, conditions_lifted, convention_validated, dates_in_order],
    )
    def conventionner(self) -> None:
        """« Enregistrer la convention signée » : only whether it is open is asked here."""


class JournalEntry(Unmanaged):
    """One line of the journal."""

    tenant_id = models.BigIntegerField()
    subject_kind = models.CharField(max_length=32)
    subject_id = models.BigIntegerField()
    seq = models.IntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=16)
    event = models.CharField(max_length=40)
    actor_id = models.BigIntegerField(null=True)
    role = models.CharField(max_length=40)
    pipeline = models.CharField(max_length=40, null=True)
    pipeline_version = models.IntegerField(null=True)
    from_stage = models.CharField(max_length=40, null=True)
    to_stage = models.CharField(max_length=40, null=True)
    first_entry = models.BooleanField(default=False)
    corrects = models.IntegerField(null=True)
    payload_digest = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    idempotency_key = models.CharField(max_length=64, null=True)

    class Meta(Unmanaged.Meta):
        db_table = "journal"


class JournalPayload(Unmanaged):
    """What a line says in words."""

    pk = models.CompositePrimaryKey("subject_kind", "subject_id", "seq")
    subject_kind = models.CharField(max_length=32)
    subject_id = models.BigIntegerField()
    seq = models.IntegerField()
    salt = models.CharField(max_length=32, null=True)
    content = models.TextField(null=True)

    class Meta(Unmanaged.Meta):
        db_table = "journal_payload"


class Echeance(Unmanaged):
    """One thing due on a dossier."""

    OPEN: ClassVar[tuple[str, ...]] = ("prevue", "suspendue")

    tenant_id = models.BigIntegerField()
    subject_kind = models.CharField(max_length=32)
    subject_id = models.BigIntegerField()
    kind = models.CharField(max_length=16)
    rule = models.CharField(max_length=40)
    occurrence = models.IntegerField()
    due_at = models.DateTimeField()
    anchored_on = models.DateField()
    state = models.CharField(max_length=16)
    moved_by_hand = models.BooleanField(default=False)
    planned_seq = models.IntegerField()
    settled_at = models.DateTimeField(null=True)

    class Meta(Unmanaged.Meta):
        db_table = "echeance"


class Courrier(Unmanaged):
    """One letter to write and send."""

    tenant_id = models.BigIntegerField()
    letter = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    release = models.CharField(max_length=16)
    channel = models.CharField(max_length=16)
    subject_kind = models.CharField(max_length=32)
    subject_id = models.BigIntegerField()
    subject_seq = models.IntegerField()
    recipient_id = models.BigIntegerField(null=True)
    recipient_name = models.CharField(max_length=200)
    recipient_email = models.CharField(max_length=254, null=True)
    context = models.TextField()
    state = models.CharField(max_length=16)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()

    class Meta(Unmanaged.Meta):
        db_table = "courrier"


class Abonnement(Unmanaged):
    """One address that is told of the moves."""

    tenant_id = models.BigIntegerField()
    active = models.BooleanField(default=True)

    class Meta(Unmanaged.Meta):
        db_table = "abonnement"


class Annonce(Unmanaged):
    """One move told to one address."""

    tenant_id = models.BigIntegerField()
    abonnement = models.ForeignKey(Abonnement, models.PROTECT)
    event_id = models.CharField(max_length=80)
    event = models.CharField(max_length=40)
    body = models.TextField()
    state = models.CharField(max_length=16)
    attempts = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    status = models.IntegerField(null=True)
    fault = models.CharField(max_length=200, null=True)

    class Meta(Unmanaged.Meta):
        db_table = "annonce"
