"""The tables of letters: each one to write and send, what it carries, what it reminds of."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, Text, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from workflow.database import BigId, UtcDateTime
from workflow.partial_index import PartialIndex

#: `prepare`: its data are taken, its text is not written yet; `a_completer`: a value is missing;
#: `a_valider`: waits for a person's « Envoyer »; `pret`: may leave; `en_cours`: somebody is
#: sending it; then what became of it.
STATES = ("prepare", "a_completer", "a_valider", "pret", "en_cours", "envoye", "echec", "annule")
#: `courriel` leaves by e-mail, `papier` is printed and posted by a person.
CHANNELS = ("courriel", "papier")
#: What the delivery takes, written as its index is.
TO_SEND = "state = 'pret' AND channel = 'courriel'"


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


class Courrier(SQLModel, table=True):
    """One letter to one person. `context` is the plain data (JSON) taken in the transaction.

    `subject_seq` is the journal entry that made it due. `reminder`: held to the sending hours and
    to one e-mail a day per personne. `template_id` is the organisme's own version it was written
    from, None the original. `subject_line`, `body_text`, `body_html` and `digest` are frozen when
    it is validated or first sent: what the person received, kept as evidence. `missing` names
    the values that it lacks. `answer` is the last answer of the server. `leased_until`: nobody
    else sends it before. `version` counts the changes that people make to it.
    """

    __tablename__ = "courrier"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "subject_seq", "letter", "recipient_name"),
        CheckConstraint(f"state IN ({_listed(STATES)})", name="state"),
        CheckConstraint("release IN ('automatique', 'a_valider')", name="release"),
        CheckConstraint(f"channel IN ({_listed(CHANNELS)})", name="channel"),
        CheckConstraint(
            "state NOT IN ('pret', 'en_cours', 'envoye') OR digest IS NOT NULL", name="frozen"
        ),
        PartialIndex("ix_courrier_to_write", "id", where="state = 'prepare'"),
        # Letters before reminders; paper waits for a person, the clock never looks at it.
        PartialIndex("ix_courrier_waiting", "reminder", "due_at", where=TO_SEND),
        PartialIndex("ix_courrier_leased", "leased_until", where="state = 'en_cours'"),
        Index("ix_courrier_organisme", "tenant_id", "created_at", "id"),
        Index("ix_courrier_etat", "tenant_id", "state", "created_at", "id"),
        Index("ix_courrier_lettre", "tenant_id", "letter", "created_at", "id"),
        Index("ix_courrier_personne", "tenant_id", "recipient_id", "created_at", "id"),
        Index("ix_courrier_sujet", "subject_kind", "subject_id", "id"),
        PartialIndex(
            "ix_courrier_rappels", "tenant_id", "recipient_id", "due_at", where="reminder"
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    tenant_id: int = Field(sa_type=BigId)
    letter: str = Field(max_length=40)
    title: str = Field(max_length=120)
    release: str = Field(max_length=16, sa_column_kwargs={"server_default": "a_valider"})
    channel: str = Field(max_length=16, sa_column_kwargs={"server_default": "courriel"})
    reminder: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    subject_kind: str = Field(max_length=32)
    subject_id: int = Field(sa_type=BigId)
    subject_seq: int
    recipient_id: int | None = Field(default=None, sa_type=BigId)
    recipient_name: str = Field(max_length=200)
    recipient_email: str | None = Field(default=None, max_length=254)
    context: str = Field(sa_type=Text)
    state: str = Field(max_length=16)
    created_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    template_id: int | None = Field(default=None, sa_type=BigId)
    subject_line: str | None = Field(default=None, max_length=300)
    body_text: str | None = Field(default=None, sa_type=Text)
    body_html: str | None = Field(default=None, sa_type=Text)
    digest: str | None = Field(default=None, max_length=64)
    missing: str | None = Field(default=None, max_length=500)
    message_id: str | None = Field(default=None, max_length=200)
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answer: str | None = Field(default=None, max_length=500)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    validated_by_id: int | None = Field(default=None, sa_type=BigId)
    validated_by: str | None = Field(default=None, max_length=120)
    validated_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    version: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})


class PieceJointe(SQLModel, table=True):
    """A file that a letter carries, as it was sent: its PDF, the `.ics` of an appointment."""

    __tablename__ = "piece_jointe"
    __table_args__ = (UniqueConstraint("courrier_id", "name"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    courrier_id: int = Field(foreign_key="courrier.id", sa_type=BigId)
    name: str = Field(max_length=120)
    media_type: str = Field(max_length=80)
    content: bytes = Field(sa_type=LargeBinary)
    digest: str = Field(max_length=64)


class CourrierRappel(SQLModel, table=True):
    """One reminder that a letter carries: several that are due together make one e-mail.

    `echeance_id` with the moment it was due: no reminder leaves twice, whoever looks at the clock.
    """

    __tablename__ = "courrier_rappel"
    __table_args__ = (
        UniqueConstraint("echeance_id", "due_at"),
        Index("ix_courrier_rappel_courrier", "courrier_id"),
        Index("ix_courrier_rappel_sujet", "subject_kind", "subject_id", "courrier_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    tenant_id: int = Field(sa_type=BigId)
    courrier_id: int = Field(foreign_key="courrier.id", sa_type=BigId)
    echeance_id: int = Field(foreign_key="echeance.id", sa_type=BigId)
    due_at: datetime = Field(sa_type=UtcDateTime)
    subject_kind: str = Field(max_length=32)
    subject_id: int = Field(sa_type=BigId)
    letter: str = Field(max_length=40)
    label: str = Field(max_length=120)
    context: str = Field(sa_type=Text)


class Modele(SQLModel, table=True):
    """An organisme's own version of a letter. Without `source`, a return to the original.

    The latest `version` of a letter is in force. `digest` is the SHA-256 of the source.
    """

    __tablename__ = "modele"
    __table_args__ = (
        UniqueConstraint("tenant_id", "letter", "version"),
        CheckConstraint("(source IS NULL) = (digest IS NULL)", name="source"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    tenant_id: int = Field(sa_type=BigId)
    letter: str = Field(max_length=40)
    version: int
    source: str | None = Field(default=None, sa_type=Text)
    digest: str | None = Field(default=None, max_length=64)
    author_id: int | None = Field(default=None, sa_type=BigId)
    author: str = Field(max_length=120)
    at: datetime = Field(sa_type=UtcDateTime)


class AdresseSuspendue(SQLModel, table=True):
    """An address that one organisme writes to no more, and why.

    `rebond`: its mailbox is refused. `demande`: its owner wants no e-mail. `rappels`: its owner
    wants no reminder; letters still leave.
    """

    __tablename__ = "adresse_suspendue"
    __table_args__ = (
        UniqueConstraint("tenant_id", "email"),
        CheckConstraint("reason IN ('rebond', 'demande', 'rappels')", name="reason"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    tenant_id: int = Field(sa_type=BigId)
    email: str = Field(max_length=254)
    reason: str = Field(max_length=16)
    detail: str = Field(default="", max_length=300)
    since: datetime = Field(sa_type=UtcDateTime)
    by: str = Field(max_length=120)


class Battement(SQLModel, table=True):
    """The last time each tick of the clock ran: when it began, whether it went well, and its fault.

    `ok_at` is the last time it ended well. Several processes write the same row.
    """

    __tablename__ = "battement"

    name: str = Field(primary_key=True, max_length=40)
    at: datetime = Field(sa_type=UtcDateTime)
    ok_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    fault: str | None = Field(default=None, max_length=300)
    process: str = Field(max_length=120)


class Cadence(SQLModel, table=True):
    """How fast letters leave, shared by every process: one row, locked by whoever takes a letter.

    `recent` counts what left in each of the last seconds (JSON). After a fault of the server
    itself nothing is tried before `paused_until`; `faults` counts those in a row.
    """

    __tablename__ = "cadence"

    name: str = Field(primary_key=True, max_length=40)
    recent: str = Field(default="[]", sa_type=Text)
    faults: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    fault: str | None = Field(default=None, max_length=500)
    since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    paused_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
