"""The comités: who sits, their séances, what is voted there and what is decided."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from workflow.columns import JournaledColumns, SubjectColumns
from workflow.database import BigId, Cents, UtcDateTime


def _in(column: str, *values: str) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Comite(JournaledColumns, table=True):
    """One instance of an organisme: it decides, gives an avis, or steers.

    `regles` is JSON (see `regles.py`); `colleges` the names of its collèges, one a line.
    """

    __tablename__ = "comite"
    __table_args__ = (
        UniqueConstraint("organisme_id", "nom"),
        CheckConstraint(_in("nature", "decision", "avis", "pilotage"), name="nature"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    nom: str = Field(max_length=60)
    nature: str = Field(max_length=20)
    regles: str = Field(default="{}", sa_type=Text)
    colleges: str = Field(default="", sa_type=Text)
    actif: bool = True


class Membre(JournaledColumns, table=True):
    """A personne who sits in a comité from `debut` to `fin` (included; None: still).

    `suppleant_de_id`: the member that he stands in for. `rang_presidence`: 1 presides, 2 does
    when 1 cannot… None never does. `structure_id` and `structure` say on whose behalf he sits.
    """

    __tablename__ = "membre"
    __table_args__ = (
        CheckConstraint(_in("voix", "deliberative", "consultative"), name="voix"),
        CheckConstraint("fin IS NULL OR fin >= debut", name="mandat"),
        CheckConstraint("rang_presidence IS NULL OR rang_presidence > 0", name="presidence"),
        CheckConstraint("suppleant_de_id IS NULL OR suppleant_de_id <> id", name="suppleant"),
        Index("ix_membre_comite", "comite_id", "personne_id"),
        Index("ix_membre_personne", "personne_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    comite_id: int = Field(foreign_key="comite.id", sa_type=BigId)
    personne_id: int = Field(foreign_key="personne.id", sa_type=BigId)
    structure_id: int | None = Field(default=None, foreign_key="structure.id", sa_type=BigId)
    structure: str = Field(default="", max_length=200)
    college: str = Field(max_length=80)
    voix: str = Field(max_length=20)
    suppleant_de_id: int | None = Field(default=None, foreign_key="membre.id", sa_type=BigId)
    debut: date
    fin: date | None = None
    rang_presidence: int | None = None


class Seance(SubjectColumns, table=True):
    """One meeting of a comité. Dossiers may be inscribed until `cloture_inscriptions`, included.

    `regles`: those in force when it was convened (JSON). `preside_id`: the member who presides;
    `organisateur_id`: the colleague who prepares it.
    `minutes_par_dossier`: what the agenda gives each dossier that has no time of its own.
    """

    __tablename__ = "seance"
    __table_args__ = (
        CheckConstraint("minutes_par_dossier > 0", name="minutes"),
        Index("ix_seance_date", "organisme_id", "tenue_le"),
        Index("ix_seance_comite", "comite_id", "tenue_le"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    comite_id: int = Field(foreign_key="comite.id", sa_type=BigId)
    comite: str = Field(default="CTS", max_length=60)
    tenue_le: datetime = Field(sa_type=UtcDateTime)
    lieu: str = Field(default="", max_length=300)
    lien_visio: str | None = Field(default=None, max_length=300)
    cloture_inscriptions: date
    minutes_par_dossier: int = 15
    regles: str = Field(default="{}", sa_type=Text)
    preside_id: int | None = Field(default=None, foreign_key="membre.id", sa_type=BigId)
    organisateur_id: int | None = Field(default=None, foreign_key="compte.id", sa_type=BigId)


class Passage(SQLModel, table=True):
    """A dossier on the agenda of a séance: its place, its time, its vote.

    `etat`: `attendu`, then `ouvert` while members vote, then `clos`; `retire` once it left the
    séance. `note` is the chargé's analysis, `avis_charge` his recommendation, `vigilance` the
    points of attention: what the pack says of it. `resultat` is the count (JSON), at closing.
    `version_retiree`: the last version of the votes that were taken back.
    """

    __tablename__ = "passage"
    __table_args__ = (
        UniqueConstraint("seance_id", "dossier_id"),
        CheckConstraint(_in("etat", "attendu", "ouvert", "clos", "retire"), name="etat"),
        CheckConstraint("minutes IS NULL OR minutes > 0", name="minutes"),
        CheckConstraint("(etat = 'clos') = (resultat IS NOT NULL)", name="resultat"),
        Index("ix_passage_dossier", "dossier_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    seance_id: int = Field(foreign_key="seance.id", sa_type=BigId)
    dossier_id: int = Field(foreign_key="dossier.id", sa_type=BigId)
    rang: int
    minutes: int | None = None
    note: str = Field(default="", sa_type=Text)
    avis_charge: str = Field(default="", sa_type=Text)
    vigilance: str = Field(default="", sa_type=Text)
    etat: str = Field(default="attendu", max_length=10)
    ouvert_le: datetime | None = Field(default=None, sa_type=UtcDateTime)
    clos_le: datetime | None = Field(default=None, sa_type=UtcDateTime)
    resultat: str | None = Field(default=None, sa_type=Text)
    version_retiree: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})


class Presence(SQLModel, table=True):
    """One member at one séance: there from `arrivee` to `depart`, represented, excused, absent.

    `absences`: the times between, when he had left and was not back (JSON, see `allees.py`).
    `pouvoir_a_id` is the member who votes for him while he is `represente`.
    """

    __tablename__ = "presence_seance"
    __table_args__ = (
        UniqueConstraint("seance_id", "membre_id"),
        CheckConstraint(_in("etat", "present", "represente", "excuse", "absent"), name="etat"),
        CheckConstraint("(etat = 'represente') = (pouvoir_a_id IS NOT NULL)", name="pouvoir"),
        CheckConstraint("(etat = 'present') = (arrivee IS NOT NULL)", name="arrivee"),
        CheckConstraint("depart IS NULL OR depart >= arrivee", name="depart"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    seance_id: int = Field(foreign_key="seance.id", sa_type=BigId)
    membre_id: int = Field(foreign_key="membre.id", sa_type=BigId)
    etat: str = Field(max_length=12)
    arrivee: datetime | None = Field(default=None, sa_type=UtcDateTime)
    depart: datetime | None = Field(default=None, sa_type=UtcDateTime)
    absences: str = Field(default="[]", sa_type=Text, sa_column_kwargs={"server_default": "[]"})
    a_distance: bool = False
    pouvoir_a_id: int | None = Field(default=None, foreign_key="membre.id", sa_type=BigId)


class Deport(SQLModel, table=True):
    """A member who steps aside on a dossier: he neither sees its votes nor counts in them."""

    __tablename__ = "deport"
    __table_args__ = (
        UniqueConstraint("seance_id", "dossier_id", "membre_id"),
        Index("ix_deport_membre", "membre_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    seance_id: int = Field(foreign_key="seance.id", sa_type=BigId)
    dossier_id: int = Field(foreign_key="dossier.id", sa_type=BigId)
    membre_id: int = Field(foreign_key="membre.id", sa_type=BigId)
    motif: str = Field(default="", max_length=300)
    declare_le: datetime = Field(sa_type=UtcDateTime)
    declare_par: str = Field(max_length=120)


class Emargement(SQLModel, table=True):
    """That a voice was used on a dossier: by whom, for whom, when. Never what was voted.

    `membre_id` is the voice that counts; `par_id` who used it (himself, or who holds his pouvoir).
    `saisi_par`: the colleague who entered a vote given aloud.
    """

    __tablename__ = "emargement"
    __table_args__ = (UniqueConstraint("passage_id", "membre_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    passage_id: int = Field(foreign_key="passage.id", sa_type=BigId)
    membre_id: int = Field(foreign_key="membre.id", sa_type=BigId)
    par_id: int = Field(foreign_key="membre.id", sa_type=BigId)
    saisi_par: str | None = Field(default=None, max_length=120)
    version: int = 1
    le: datetime = Field(sa_type=UtcDateTime)


class Bulletin(SQLModel, table=True):
    """What was voted on a dossier; in a secret vote `emargement_id` and `sel` go at the closing.

    `montant` in cents, for a favorable vote; `sel` salts the digest that the journal holds.
    `ordre` is the shuffled place of a secret ballot, once nobody's.
    """

    __tablename__ = "bulletin"
    __table_args__ = (
        UniqueConstraint("emargement_id"),
        CheckConstraint(
            _in(
                "choix",
                *("favorable", "favorable_avec_reserves", "ajournement", "defavorable"),
                "abstention",
            ),
            name="choix",
        ),
        CheckConstraint("montant IS NULL OR montant > 0", name="montant"),
        Index("ix_bulletin_passage", "passage_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    passage_id: int = Field(foreign_key="passage.id", sa_type=BigId)
    emargement_id: int | None = Field(default=None, foreign_key="emargement.id", sa_type=BigId)
    choix: str = Field(max_length=24)
    montant: int | None = Field(default=None, sa_type=Cents)
    reserves: str = Field(default="", sa_type=Text)
    commentaire: str = Field(default="", sa_type=Text)
    sel: str | None = Field(default=None, max_length=64)
    ordre: int | None = None


class Decision(SQLModel, table=True):
    """What the comité decided on one dossier of one séance: proposed by the rule, then confirmed.

    `proposee` is what the count says, `retenue` what was decided, with `motif` where it differs
    (or where the decision owes one). `montant` in cents, for a dossier that is selected; an avis,
    kept here too, may name none.
    `appliquee_le`: when the dossier moved by it.
    """

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("seance_id", "dossier_id"),
        CheckConstraint(_in("proposee", "retenu", "refuse", "ajourne"), name="proposee"),
        CheckConstraint(_in("retenue", "retenu", "refuse", "ajourne"), name="retenue"),
        CheckConstraint("montant IS NULL OR retenue = 'retenu'", name="montant"),
        CheckConstraint("montant IS NULL OR montant > 0", name="montant_positif"),
        Index("ix_decision_dossier", "dossier_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    seance_id: int = Field(foreign_key="seance.id", sa_type=BigId)
    dossier_id: int = Field(foreign_key="dossier.id", sa_type=BigId)
    proposee: str = Field(max_length=12)
    retenue: str = Field(max_length=12)
    montant_propose: int | None = Field(default=None, sa_type=Cents)
    montant: int | None = Field(default=None, sa_type=Cents)
    motif: str = Field(default="", sa_type=Text)
    confirmee_par: str = Field(max_length=120)
    confirmee_le: datetime = Field(sa_type=UtcDateTime)
    appliquee_le: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Reserve(SQLModel, table=True):
    """A condition that the comité put on its decision, to be lifted before the convention."""

    __tablename__ = "reserve"
    __table_args__ = (
        UniqueConstraint("decision_id", "rang"),
        CheckConstraint("(levee_le IS NULL) = (levee_par IS NULL)", name="levee"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    decision_id: int = Field(foreign_key="decision.id", sa_type=BigId)
    rang: int
    texte: str = Field(sa_type=Text)
    levee_le: datetime | None = Field(default=None, sa_type=UtcDateTime)
    levee_par: str | None = Field(default=None, max_length=120)
    levee_motif: str = Field(default="", max_length=300)


class ProcesVerbal(SQLModel, table=True):
    """The minutes of a séance. `donnees` is their canonical data (JSON), frozen with `empreinte`
    and the journal's `ancre` when they are validated; the PDF and its digest come after.

    A printing that failed is tried again at `prochain_essai`; `tache_id` tells somebody.
    """

    __tablename__ = "proces_verbal"

    seance_id: int = Field(primary_key=True, foreign_key="seance.id", sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    remarques: str = Field(default="", sa_type=Text)
    version: int = 1
    donnees: str | None = Field(default=None, sa_type=Text)
    empreinte: str | None = Field(default=None, max_length=64)
    ancre: str | None = Field(default=None, max_length=64)
    valide_par: str | None = Field(default=None, max_length=120)
    valide_le: datetime | None = Field(default=None, sa_type=UtcDateTime)
    pdf: bytes | None = Field(default=None, sa_type=LargeBinary)
    empreinte_pdf: str | None = Field(default=None, max_length=64)
    essais: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    prochain_essai: datetime | None = Field(default=None, sa_type=UtcDateTime)
    echec: str | None = Field(default=None, max_length=300)
    tache_id: int | None = Field(default=None, sa_type=BigId)


class NotePrivee(SQLModel, table=True):
    """What a member notes for himself about a dossier: nobody else reads it."""

    __tablename__ = "note_privee"
    __table_args__ = (UniqueConstraint("seance_id", "dossier_id", "membre_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    seance_id: int = Field(foreign_key="seance.id", sa_type=BigId)
    dossier_id: int = Field(foreign_key="dossier.id", sa_type=BigId)
    membre_id: int = Field(foreign_key="membre.id", sa_type=BigId)
    texte: str = Field(sa_type=Text)
    modifiee_le: datetime = Field(sa_type=UtcDateTime)
