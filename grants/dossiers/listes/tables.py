"""What each person keeps of the list: its columns, and views under a name."""

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from workflow.database import BigId


class Vue(SQLModel, table=True):
    """Filters, order and columns under a name; `partagee` with the whole organisme or not.

    `requete` is the address that it opens, after the « ? »; `colonnes`, the keys of the columns.
    Neither is trusted when it is read: a column or a stage may be gone since.
    """

    __tablename__ = "vue"
    __table_args__ = (UniqueConstraint("organisme_id", "compte_id", "nom_cle"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    compte_id: int = Field(foreign_key="compte.id", sa_type=BigId)
    nom: str = Field(max_length=60)
    nom_cle: str = Field(max_length=240)
    partagee: bool = False
    requete: str = Field(default="", sa_type=Text)
    colonnes: str = Field(default="", sa_type=Text)


class PreferenceListe(SQLModel, table=True):
    """The columns that a person chose in an organisme, and the view that opens first."""

    __tablename__ = "preference_liste"

    organisme_id: int = Field(foreign_key="organisme.id", primary_key=True, sa_type=BigId)
    compte_id: int = Field(foreign_key="compte.id", primary_key=True, sa_type=BigId)
    colonnes: str = Field(default="", sa_type=Text)
    vue_id: int | None = Field(
        default=None, foreign_key="vue.id", ondelete="SET NULL", sa_type=BigId
    )
