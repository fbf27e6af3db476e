"""Organismes, personnes, comptes, and the right to sign in."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, Text, UniqueConstraint, false
from sqlmodel import Field, SQLModel

from grants.organisation.roles import ROLES
from workflow.columns import JournaledColumns
from workflow.database import BigId, UtcDateTime

_ROLE_LIST = ", ".join(f"'{role}'" for role in ROLES)


class Organisme(JournaledColumns, table=True):
    """An organisme intermédiaire: the tenant. None sees another's dossiers.

    `departements` are INSEE codes separated by commas; `parametres` is JSON, by pipeline then
    key, of what differs from the pipelines' defaults; `territoire` names its bank holidays.
    `ville` is where its letters are dated from, `signataire` who signs them, under a quality
    (`signataire_qualite`) and with an image; the emblems are those that its letters show.
    """

    __tablename__ = "organisme"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    nom: str = Field(max_length=200)
    sigle: str | None = Field(default=None, max_length=40)
    adresse: str | None = Field(default=None, max_length=500)
    email: str | None = Field(default=None, max_length=254)
    telephone: str | None = Field(default=None, max_length=20)
    site: str | None = Field(default=None, max_length=300)
    departements: str = Field(default="", max_length=200)
    territoire: str = Field(default="metropole", max_length=40)
    logo: bytes | None = Field(default=None, sa_type=LargeBinary)
    logo_type: str | None = Field(default=None, max_length=40)
    ville: str | None = Field(default=None, max_length=120)
    signataire: str | None = Field(default=None, max_length=120)
    signataire_qualite: str | None = Field(default=None, max_length=120)
    signature: bytes | None = Field(default=None, sa_type=LargeBinary)
    signature_type: str | None = Field(default=None, max_length=40)
    embleme_europe: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    embleme_france: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    parametres: str = Field(default="{}", sa_type=Text)
    demonstration: bool = False
    cree_le: datetime = Field(sa_type=UtcDateTime)


class Compte(SQLModel, table=True):
    """The right to sign in: a global e-mail (normalised). Without a password, it cannot yet."""

    __tablename__ = "compte"
    __table_args__ = (UniqueConstraint("email"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    email: str = Field(max_length=254)
    nom: str = Field(max_length=120)
    mot_de_passe: str | None = Field(default=None, max_length=300)
    cree_le: datetime = Field(sa_type=UtcDateTime)


class Adhesion(SQLModel, table=True):
    """One role of a compte in one organisme; `active` false takes the access away.

    `fonction` and `telephone` are what its letters say of a colleague who follows a dossier.
    """

    __tablename__ = "adhesion"
    __table_args__ = (
        UniqueConstraint("organisme_id", "compte_id"),
        CheckConstraint(f"role IN ({_ROLE_LIST})", name="role"),
        Index("ix_adhesion_compte", "compte_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    compte_id: int = Field(foreign_key="compte.id", sa_type=BigId)
    role: str = Field(max_length=20)
    active: bool = True
    fonction: str | None = Field(default=None, max_length=120)
    telephone: str | None = Field(default=None, max_length=20)


class Connexion(SQLModel, table=True):
    """One signed-in browser. The cookie holds a secret, this row only its SHA-256."""

    __tablename__ = "connexion"
    __table_args__ = (Index("ix_connexion_compte", "compte_id"),)

    digest: str = Field(primary_key=True, max_length=64)
    compte_id: int = Field(foreign_key="compte.id", sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    csrf: str = Field(max_length=64)
    ouverte_le: datetime = Field(sa_type=UtcDateTime)
    vue_le: datetime = Field(sa_type=UtcDateTime)
    expire_le: datetime = Field(sa_type=UtcDateTime)


class TentativeConnexion(SQLModel, table=True):
    """One failed sign-in, by e-mail and by address: too many close the door for a while."""

    __tablename__ = "tentative_connexion"
    __table_args__ = (Index("ix_tentative_cle", "cle", "le"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    cle: str = Field(max_length=64)
    le: datetime = Field(sa_type=UtcDateTime)


class LienPersonnel(SQLModel, table=True):
    """A link that lets one compte choose a password, once, for a while. Its SHA-256 only."""

    __tablename__ = "lien_personnel"

    digest: str = Field(primary_key=True, max_length=64)
    compte_id: int = Field(foreign_key="compte.id", sa_type=BigId)
    cree_le: datetime = Field(sa_type=UtcDateTime)
    expire_le: datetime = Field(sa_type=UtcDateTime)
    utilise_le: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Personne(JournaledColumns, table=True):
    """A human being known to one organisme. Contact, porteur, membre are roles of a personne.

    `nom_cle` is the name without accents or case; the e-mail is normalised, unique there.
    `civilite` is how letters greet her; None: « Madame, Monsieur ».
    """

    __tablename__ = "personne"
    __table_args__ = (
        UniqueConstraint("organisme_id", "email"),
        Index("ix_personne_nom", "organisme_id", "nom_cle"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    nom: str = Field(max_length=200)
    nom_cle: str = Field(max_length=400)
    email: str | None = Field(default=None, max_length=254)
    telephone: str | None = Field(default=None, max_length=20)
    civilite: str | None = Field(
        default=None,
        max_length=10,
        # The column's own: it came to a table that is not made again for it.
        sa_column_args=(CheckConstraint("civilite IN ('madame', 'monsieur')", name="civilite"),),
    )
