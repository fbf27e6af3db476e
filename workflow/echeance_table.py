"""The table of échéances."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from workflow.database import BigId, UtcDateTime
from workflow.partial_index import PartialIndex


class Echeance(SQLModel, table=True):
    """One thing due on a subject: a reminder (`relance`), or an action the system will take.

    `rule` is the reminder's or the action's key; `planned_seq` the journal entry that planned it;
    `anchored_on` the day that the delay was counted from. The second `occurrence` of an action,
    and those after it, were planned by an event that restarted its delay.
    """

    __tablename__ = "echeance"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "kind", "rule", "occurrence", "planned_seq"),
        CheckConstraint("kind IN ('relance', 'action')", name="kind"),
        CheckConstraint(
            "state IN ('prevue', 'suspendue', 'faite', 'annulee', 'arretee')", name="state"
        ),
        PartialIndex(
            "ix_echeance_due",
            "due_at",
            where="state = 'prevue'",
        ),
        PartialIndex(
            "ix_echeance_regle",
            "kind",
            "rule",
            "due_at",
            where="state = 'prevue'",
        ),
        PartialIndex(
            "ix_echeance_organisme",
            "tenant_id",
            "due_at",
            "id",
            where="state = 'prevue'",
        ),
        PartialIndex(
            "ix_echeance_en_pause",
            "tenant_id",
            "due_at",
            "id",
            where="state = 'suspendue'",
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    tenant_id: int = Field(sa_type=BigId)
    subject_kind: str = Field(max_length=32)
    subject_id: int = Field(sa_type=BigId)
    kind: str = Field(max_length=16)
    rule: str = Field(max_length=40)
    occurrence: int
    due_at: datetime = Field(sa_type=UtcDateTime)
    anchored_on: date
    state: str = Field(max_length=16)
    moved_by_hand: bool = False
    planned_seq: int
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
