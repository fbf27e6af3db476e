"""« Retenir le projet », as a Django service makes it."""

from __future__ import annotations

import json
import secrets
import threading
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django_fsm import can_proceed, has_transition_perm

from benchmarks.django_site.models import (
    Abonnement,
    Adhesion,
    Annonce,
    Courrier,
    Decision,
    Dossier,
    Echeance,
    JournalEntry,
    JournalPayload,
)
from benchmarks.orders import (
    ACTION,
    DISPOSITIF,
    FROM,
    LETTER,
    LETTER_TITLE,
    NEXT,
    REMINDERS,
    SECTORS,
    STAGE,
    TO,
)
from grants.structures.departements import DEPARTEMENTS, departement_name
from workflow.calendar import Delay, sending_moment
from workflow.canonical import canonical
from workflow.dates import to_paris
from workflow.journal import chain_hash, salted_digest
from workflow.money import format_number

_REMINDERS = tuple(
    (rule, occurrence, Delay(days, working=True)) for rule, occurrence, days in REMINDERS
)
_WRITTEN = (
    "stage",
    "stage_since",
    "trail",
    "montant_accorde",
    "seq",
    "head",
    "lock_version",
    "pret_pour",
    "pret_depuis",
)
_TOLD = (
    "titre",
    "objet",
    "lieu",
    "commune",
    "public_vise",
    "emplois_crees",
    "cout_total",
    "montant_demande",
)


_OF_THE_ORGANISME = ("nom", "sigle", "adresse", "ville", "email", "telephone", "site")


class StaleDossier(Exception):
    """Somebody else changed it meanwhile."""


class NotAllowed(Exception):
    """The action is for other roles."""


@dataclass(frozen=True, slots=True)
class Member:
    """An account acting in one organisme."""

    organisme_id: int
    compte_id: int
    nom: str
    role: str


# On SQLite the peers have the same queue: waiting on a lock is quicker than on SQLite's handler.
_WRITER = threading.RLock() if connection.vendor == "sqlite" else nullcontext()


def select(member: Member, dossier_id: int, cleaned: dict[str, Any], now: datetime) -> None:
    """The whole move in one transaction."""
    with _WRITER, transaction.atomic():
        dossier = (
            Dossier.objects.select_for_update(of=("self",))
            .select_related("organisme", "structure", "porteur", "seance", "referent")
            .get(pk=dossier_id, organisme_id=member.organisme_id)
        )
        if dossier.lock_version != cleaned["lock_version"]:
            raise StaleDossier
        before = dossier.montant_accorde
        dossier.montant_accorde, dossier.decided_at = cleaned["montant_accorde"], now
        if not has_transition_perm(dossier.selectionner, member):
            raise NotAllowed
        dossier.selectionner()
        _record(dossier, member, before, cleaned["idempotency_key"], now)
        dossier.trail = f"{dossier.trail}>{dossier.seq}:{TO}"
        dossier.lock_version += 1
        dossier.pret_pour = NEXT if can_proceed(dossier.conventionner) else None
        dossier.pret_depuis = None
        dossier.save(update_fields=_WRITTEN)
        decision = Decision.objects.filter(dossier_id=dossier.pk, seance_id=dossier.seance_id)
        decision.update(appliquee_le=now)
        _plan(dossier, now)
        _enqueue(dossier, member, now)
        _announce(dossier, now)


def _record(dossier: Dossier, member: Member, before: int | None, key: str, now: datetime) -> None:
    content = canonical(
        {
            "acteur": member.nom,
            "champs": {"montant_accorde": dossier.montant_accorde},
            "avant": {"montant_accorde": before},
        }
    )
    salt = secrets.token_hex(16)
    row: dict[str, Any] = {
        "tenant_id": dossier.organisme_id,
        "subject_kind": "dossier",
        "subject_id": dossier.pk,
        "seq": dossier.seq + 1,
        "at": now,
        "kind": "mouvement",
        "event": ACTION,
        "actor_id": member.compte_id,
        "role": member.role,
        "pipeline": dossier.pipeline,
        "pipeline_version": dossier.pipeline_version,
        "from_stage": FROM,
        "to_stage": TO,
        "first_entry": f":{TO}>" not in f"{dossier.trail}>",
        "corrects": None,
        "payload_digest": salted_digest(salt, content),
        "idempotency_key": key,
    }
    dossier.head = chain_hash(dossier.head, row)
    dossier.seq += 1
    JournalEntry.objects.create(**row, hash=dossier.head)
    JournalPayload.objects.create(
        subject_kind="dossier", subject_id=dossier.pk, seq=dossier.seq, salt=salt, content=content
    )


def _plan(dossier: Dossier, now: datetime) -> None:
    Echeance.objects.filter(
        subject_kind="dossier", subject_id=dossier.pk, state__in=Echeance.OPEN
    ).update(state="annulee", settled_at=now)
    day, territoire = to_paris(now).date(), dossier.organisme.territoire
    Echeance.objects.bulk_create(
        Echeance(
            tenant_id=dossier.organisme_id,
            subject_kind="dossier",
            subject_id=dossier.pk,
            kind="relance",
            rule=rule,
            occurrence=occurrence,
            due_at=sending_moment(delay.from_day(day, territoire), territoire=territoire),
            anchored_on=day,
            state="prevue",
            planned_seq=dossier.seq,
        )
        for rule, occurrence, delay in _REMINDERS
    )


def _context(dossier: Dossier, member: Member) -> dict[str, Any]:
    held = dossier.seance.tenue_le.astimezone(UTC)
    return {
        **_people(dossier),
        "dossier": _told(dossier),
        "seance": {
            "cle": str(dossier.seance.pk),
            "comite": dossier.seance.comite,
            "tenue_le": held.isoformat().replace("+00:00", "Z"),
            "lieu": dossier.seance.lieu or None,
            "cloture": dossier.seance.cloture_inscriptions.isoformat(),
        },
        "action": {"libelle": "Retenir le projet", "motif": None, "par": member.nom},
    }


def _told(dossier: Dossier) -> dict[str, Any]:
    answers = {name: value for name in _TOLD if (value := getattr(dossier, name)) is not None}
    others = json.loads(dossier.donnees)
    others["effectif_etp"] = format_number(others["effectif_etp"])
    halfway = dossier.date_debut + (dossier.date_fin - dossier.date_debut) / 2
    return {
        **answers,
        "secteur": SECTORS[dossier.secteur],
        "departement": departement_name(dossier.departement),
        "date_debut": dossier.date_debut.isoformat(),
        "date_fin": dossier.date_fin.isoformat(),
        "montant_accorde": dossier.montant_accorde,
        **others,
        "reference": dossier.reference,
        "titre": dossier.titre,
        "projet": f"votre projet « {dossier.titre} »",
        "plafond": dossier.plafond,
        "etape": STAGE,
        "dispositif": DISPOSITIF,
        "depuis": to_paris(dossier.stage_since).date().isoformat(),
        "mi_parcours": halfway.isoformat(),
    }


def _people(dossier: Dossier) -> dict[str, Any]:
    organisme, structure, referent = dossier.organisme, dossier.structure, dossier.referent
    codes = [code for code in organisme.departements.split(",") if code]
    place = Adhesion.objects.get(compte_id=referent.pk, organisme_id=organisme.pk, active=True)
    return {
        "organisme": {
            **{key: getattr(organisme, key) for key in _OF_THE_ORGANISME},
            "departements": [DEPARTEMENTS[code] for code in codes],
        },
        "structure": {
            "nom": structure.nom,
            "siret": structure.siret,
            "adresse": structure.adresse,
            "code_postal": structure.code_postal,
            "commune": structure.commune,
        },
        "porteur": {
            "nom": dossier.porteur.nom,
            "email": dossier.porteur.email,
            "civilite": dossier.porteur.civilite,
        },
        "referent": {
            "nom": referent.nom,
            "fonction": place.fonction,
            "email": referent.email,
            "telephone": place.telephone or organisme.telephone,
        },
    }


def _enqueue(dossier: Dossier, member: Member, now: datetime) -> None:
    context = _context(dossier, member)
    Courrier.objects.create(
        tenant_id=dossier.organisme_id,
        letter=LETTER,
        title=LETTER_TITLE,
        release="a_valider",
        channel="courriel" if dossier.porteur.email else "papier",
        subject_kind="dossier",
        subject_id=dossier.pk,
        subject_seq=dossier.seq,
        recipient_id=dossier.porteur_id,
        recipient_name=dossier.porteur.nom,
        recipient_email=dossier.porteur.email,
        context=canonical(context),
        state="prepare",
        created_at=now,
        due_at=now,
    )


def _announce(dossier: Dossier, now: datetime) -> None:
    event_id = f"dossier-{dossier.pk}-{dossier.seq}"
    body = canonical(
        {
            "id": event_id,
            "evenement": "mouvement",
            "le": now.isoformat(),
            "dossier": {"id": dossier.pk, "reference": dossier.reference},
            "dispositif": dossier.pipeline,
            "action": ACTION,
            "de": FROM,
            "vers": TO,
            "numero": dossier.seq,
            "corrige": None,
        }
    )
    told = Abonnement.objects.filter(tenant_id=dossier.organisme_id, active=True)
    Annonce.objects.bulk_create(
        Annonce(
            tenant_id=dossier.organisme_id,
            abonnement_id=id,
            event_id=event_id,
            event="mouvement",
            body=body,
            state="a_envoyer",
            created_at=now,
            due_at=now,
        )
        for id in told.values_list("id", flat=True)
    )
