"""Organismes for tests: each with one person of every role, a structure, a dossier, a séance."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zlib import compress, crc32

from sqlalchemy import func, insert, select
from sqlmodel import Session

from api.composition import default_engine
from grants.comites.seances import create_seance
from grants.dossiers.etiquettes.service import find_or_create_tag, tag_dossier
from grants.dossiers.lettres.examples import example_of
from grants.dossiers.listes.vues import save_vue
from grants.dossiers.lots.preparation import Chosen, open_lot
from grants.dossiers.opening import Opening, open_dossier
from grants.dossiers.pieces.service import hand_in
from grants.dossiers.pieces.tables import Fichier
from grants.dossiers.taches.service import NewTask, create_task
from grants.fusions.queries import merges_into
from grants.fusions.service import MergeDemand, merge
from grants.interventions.service import NewIntervention, log_intervention
from grants.organisation.accounts import Account
from grants.organisation.colleagues import create_compte, invite, join
from grants.organisation.founding import create_organisme, record_birth
from grants.organisation.identity import Identity
from grants.organisation.logo import set_logo, set_signature
from grants.organisation.passwords import Passwords
from grants.organisation.people import find_or_create_personne
from grants.organisation.roles import DIRECTION, LECTEUR, ROLES
from grants.structures.contacts import add_contact, contacts_of
from grants.structures.service import create_structure
from notifications.courrier_table import PieceJointe
from tests.builders.courriers import letter_row, put_one
from tests.builders.papers import handed
from tests.builders.reprises import faulty_reprise
from workflow.database import table_of
from workflow.echeance_table import Echeance
from workflow.echeances import RELANCE
from workflow.journal import canonical

NOW = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)
PASSWORD = "trois chevaux bleus"
#: What the application of the tests seals with.
SECRET = "secret de test, assez long pour sceller"
# As weak as argon2 allows: tests sign in a thousand times.
QUICK_PASSWORDS = Passwords(memory_kib=8)
#: A letter that waits for somebody's « Envoyer », and the file that it carries.
LETTER, LETTER_FILE = "notification_accord", "lettre.pdf"
_HASH = QUICK_PASSWORDS.hash(PASSWORD)


@dataclass(frozen=True)
class Office:
    """An organisme and its people, by role."""

    id: int
    nom: str
    people: Mapping[str, Account]

    def identity(self, role: str = DIRECTION) -> Identity:
        """One of its people, at work."""
        return Identity(self.id, self.people[role].id, self.people[role].nom, role)


@dataclass(frozen=True)
class Holdings:
    """The ids of one thing of each kind that an organisme holds."""

    dossier: int
    structure: int
    contact: int
    seance: int
    personne: int
    compte: int
    tache: int
    etiquette: int
    vue: int
    lot: int
    fichier: int
    reprise: int
    fusion: int
    courrier: int
    echeance: int
    intervention: int
    rappel: int


def make_office(session: Session, nom: str = "Aide 34", domain: str = "aide34.example") -> Office:
    """Write an organisme with one person of every role; all have the same password."""
    connection = session.connection()
    id = create_organisme(connection, {"nom": nom, "departements": "34"}, NOW)
    people = {}
    for role, label in ROLES.items():
        email = f"{role}@{domain}"
        account = create_compte(session, f"{label} de {nom}", email, _HASH, NOW)
        join(session, id, account.id, role)
        people[role] = account
    record_birth(connection, id, nom, people[DIRECTION], NOW)
    return Office(id, nom, people)


def furnish(session: Session, office: Office) -> Holdings:
    """Give an organisme a structure and its contact, a porteur, a dossier, a séance, a logo…

    … and one more colleague, whom nobody signs in as.
    """
    identity = office.identity()
    structure = create_structure(session, identity, {"nom": f"Structure de {office.nom}"}, NOW)
    personne = find_or_create_personne(session, identity, "Porteur", None, None, NOW)
    opening = Opening(
        pipeline="microprojets",
        opened_on=NOW.date(),
        porteur_id=personne.id,
        structure_id=structure,
        values={"titre": f"Projet de {office.nom}"},
    )
    dossier = open_dossier(session, default_engine(), identity, opening, NOW)
    seance = create_seance(
        session,
        default_engine(),
        identity,
        {
            "comite": "CTS",
            "tenue_le": (NOW + timedelta(days=40)).strftime("%Y-%m-%dT%H:%M"),
            "cloture_inscriptions": (NOW + timedelta(days=20)).date().isoformat(),
        },
        NOW,
    )
    add_contact(session, identity, structure, {"nom": "Contact"}, NOW)
    contact = contacts_of(session.connection(), structure)[0].id
    set_logo(session, identity, LOGO, NOW)
    set_signature(session, identity, LOGO, NOW)
    typed = {"nom": "De passage", "email": f"passage{office.id}@offices.example", "role": LECTEUR}
    compte = invite(session, identity, typed, NOW).compte_id
    asked = {"titre": "Rappeler", "pour": str(identity.compte_id), "pour_le": "2026-03-20"}
    tache = create_task(session, default_engine(), identity, NewTask(asked, dossier.id), NOW)
    etiquette = find_or_create_tag(session, identity, "À rappeler")
    tag_dossier(session, default_engine(), identity, dossier.id, etiquette, NOW)
    return Holdings(
        dossier.id,
        structure,
        contact,
        seance,
        personne.id,
        compte,
        tache=tache,
        etiquette=etiquette.id,
        vue=save_vue(session, identity, "Les ouverts", "etape=contact", (), partagee=True),
        fichier=_hand_in(session, identity, dossier.id),
        lot=open_lot(session, identity, Chosen([dossier.id]), NOW, f"lot-de-{office.id}-x"),
        reprise=faulty_reprise(session, default_engine(), identity, NOW),
        fusion=_merged_into(session, identity, structure),
        courrier=_letter(session, office, dossier.id, personne.id),
        intervention=_time_spent(session, identity, structure),
        echeance=_reminder(session, "dossier", dossier.id),
        rappel=_reminder(session, "seance", seance),
    )


def _time_spent(session: Session, identity: Identity, structure: int) -> int:
    """An hour and a half on the structure, two days ago."""
    done = {"nature": "visite", "le": "2026-03-10", "duree": "1h30", "km": "24"}
    said = {"structure": str(structure), "dispositif": "microprojets", **done}
    return log_intervention(session, default_engine(), identity, NewIntervention(said), NOW)


def _letter(session: Session, office: Office, dossier: int, personne: int) -> int:
    """A decision that waits for somebody's « Envoyer », with a file that it carries."""
    connection, letter = session.connection(), default_engine().vocabulary.letters[LETTER]
    row = letter_row(
        office.id,
        tenant_id=office.id,
        letter=letter.key,
        title=letter.title,
        release=letter.release,
        state="a_valider",
        subject_id=dossier,
        recipient_id=personne,
        context=canonical(example_of(default_engine(), letter)),
    )
    id = put_one(connection, row)
    carried = {"courrier_id": id, "name": LETTER_FILE, "media_type": "application/pdf"}
    more = {"content": b"%PDF-1.7", "digest": "0" * 64}
    connection.execute(insert(table_of(PieceJointe)).values(**carried, **more))
    return id


def _reminder(session: Session, kind: str, id: int) -> int:
    """What the clock would remind somebody of."""
    table = table_of(Echeance)
    mine = table.c.subject_kind == kind, table.c.subject_id == id
    found = select(table.c.id).where(*mine, table.c.kind == RELANCE)
    return session.connection().execute(found.order_by(table.c.due_at)).scalars().first() or 0


def _merged_into(session: Session, identity: Identity, structure: int) -> int:
    """A structure that was recorded twice, and is one again; the merge."""
    double = create_structure(session, identity, {"nom": "En double"}, NOW)
    choices = {"nom": str(structure)}
    merge(session, default_engine(), identity, MergeDemand(structure, double, choices), NOW)
    (made,) = merges_into(session.connection(), identity.organisme_id, structure)
    return made.id


def _hand_in(session: Session, identity: Identity, dossier: int) -> int:
    """One file for a pièce of the dossier, as if it stood on the disk."""
    work = (session, default_engine(), identity, dossier, "devis")
    hand_in(*work, [handed("devis")], NOW)
    table = table_of(Fichier)
    newest = select(func.max(table.c.id))
    return session.connection().execute(newest).scalar_one()


def _png(side: int) -> bytes:
    """A black square, as the smallest PNG that says so."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc32(name + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = compress(b"".join(b"\0" + bytes(side) for _ in range(side)))
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


LOGO = _png(64)
