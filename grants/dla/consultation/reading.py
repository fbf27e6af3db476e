"""A consultation as it stands: what is asked, whom, who has answered; never what they offer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, select

from grants.dla.consultation.criteres import read
from grants.dla.consultation.tables import Consultation, Consulte, Offre
from grants.dla.tables import Prestataire
from grants.dossiers.tables import Dossier
from grants.organisation.ledger import Ledger
from grants.organisation.tables import Personne
from workflow.database import table_of

BEGUN, CHANGED, ASKED, SENT = (
    "consultation_preparee",
    "consultation_modifiee",
    "prestataires_choisis",
    "consultation_envoyee",
)
POSTPONED, RECEIVED, DECLINED = "echeance_repoussee", "offre_recue", "consultation_declinee"
OPENED, MARKED, CHOSEN, GIVEN_UP = (
    "offres_ouvertes",
    "offre_notee",
    "offre_retenue",
    "consultation_abandonnee",
)
ENTERED, UNCHOSEN = "lien_ouvert", "choix_annule"
CONSULTATIONS = Ledger(
    "consultation",
    table_of(Consultation),
    {
        BEGUN: "Consultation préparée",
        CHANGED: "Consultation modifiée",
        ASKED: "Prestataires à consulter",
        SENT: "Cahier des charges envoyé",
        POSTPONED: "Échéance repoussée",
        RECEIVED: "Offre reçue",
        DECLINED: "Consultation déclinée",
        OPENED: "Offres ouvertes",
        MARKED: "Offre notée",
        CHOSEN: "Offre retenue",
        GIVEN_UP: "Consultation abandonnée",
        ENTERED: "Lien ouvert",
        UNCHOSEN: "Choix annulé",
    },
)
State = Literal["preparation", "envoyee", "ouverte", "choisie", "abandonnee"]
_N, _A, _F = table_of(Consultation), table_of(Consulte), table_of(Offre)
_T, _P, _D = table_of(Prestataire), table_of(Personne), table_of(Dossier)


@dataclass(frozen=True, slots=True)
class Asked:
    """One prestataire who is asked. `recue_le`: when what he offers came, and nothing else."""

    id: int
    prestataire_id: int
    personne_id: int
    nom: str
    contact: str
    email: str | None
    decline_le: datetime | None
    decline_motif: str
    offre_id: int | None
    recue_le: datetime | None

    @property
    def answered(self) -> bool:
        """Whether he offered, or said that he would not."""
        return self.offre_id is not None or self.decline_le is not None


@dataclass(frozen=True, slots=True)
class Standing:
    """A consultation, with everybody who is asked, by name."""

    row: Mapping[str, Any]
    asked: tuple[Asked, ...]

    @property
    def id(self) -> int:
        """Its id."""
        return self.row["id"]

    @property
    def state(self) -> State:
        """Where it stands."""
        return state_of(self.row)

    @property
    def weights(self) -> dict[str, int]:
        """What each criterion weighs, out of a hundred."""
        return read(self.row["criteres"])

    @property
    def offers(self) -> int:
        """How many offers came."""
        return sum(1 for each in self.asked if each.offre_id is not None)

    def may_open(self, now: datetime) -> bool:
        """Whether offers may be opened: the deadline has passed, or everybody has answered."""
        over = self.row["echeance"] is not None and self.row["echeance"] <= now
        return over or (bool(self.asked) and all(each.answered for each in self.asked))


def state_of(row: Mapping[str, Any]) -> State:
    """Where a consultation stands."""
    if row["abandonnee_le"] is not None:
        return "abandonnee"
    if row["choisie_le"] is not None:
        return "choisie"
    if row["ouverte_le"] is not None:
        return "ouverte"
    return "preparation" if row["envoyee_le"] is None else "envoyee"


def read_standing(connection: Connection, organisme_id: int, id: int) -> Standing:
    """One consultation of an organisme. Raises NotFound."""
    row = CONSULTATIONS.read(connection, organisme_id, id)
    return Standing(row, asked_of(connection, id))


def latest_of(connection: Connection, organisme_id: int, dossier_id: int) -> Standing | None:
    """The consultation of a dossier that counts: the last one."""
    query = (
        select(_N.c.id)
        .where(_N.c.organisme_id == organisme_id, _N.c.dossier_id == dossier_id)
        .order_by(_N.c.id.desc())
        .limit(1)
    )
    id = connection.execute(query).scalar()
    return None if id is None else read_standing(connection, organisme_id, id)


def latest_state(
    connection: Connection, organisme_id: int, dossier_id: int
) -> tuple[State | None, datetime | None]:
    """Where a dossier's last consultation stands, and until when it takes offers."""
    query = (
        select(*(_N.c[key] for key in _OF_THE_STATE))
        .where(_N.c.organisme_id == organisme_id, _N.c.dossier_id == dossier_id)
        .order_by(_N.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).mappings().first()
    return (None, None) if row is None else (state_of(row), row["echeance"])


_OF_THE_STATE = ("echeance", "envoyee_le", "ouverte_le", "choisie_le", "abandonnee_le")


def consultation_ids(connection: Connection, organisme_id: int, dossier_id: int) -> list[int]:
    """Every consultation of a dossier, the latest first."""
    query = (
        select(_N.c.id)
        .where(_N.c.organisme_id == organisme_id, _N.c.dossier_id == dossier_id)
        .order_by(_N.c.id.desc())
    )
    return list(connection.execute(query).scalars())


def asked_of(connection: Connection, consultation_id: int) -> tuple[Asked, ...]:
    """Everybody who is asked, by name; of an offer, that it came and when."""
    query = (
        select(
            *(_A.c.id, _A.c.prestataire_id, _A.c.personne_id, _A.c.decline_le, _A.c.decline_motif),
            *(_T.c.nom, _P.c.nom.label("contact"), _P.c.email),
            *(_F.c.id.label("offre_id"), _F.c.recue_le),
        )
        .join(_T, _T.c.id == _A.c.prestataire_id)
        .join(_P, _P.c.id == _A.c.personne_id)
        .outerjoin(_F, _F.c.consulte_id == _A.c.id)
        .where(_A.c.consultation_id == consultation_id)
        .order_by(_T.c.nom_cle, _A.c.id)
    )
    return tuple(Asked(**row) for row in connection.execute(query).mappings())


def title_of(connection: Connection, organisme_id: int, dossier_id: int) -> str:
    """What the mission of a dossier is called."""
    query = select(_D.c.titre).where(_D.c.organisme_id == organisme_id, _D.c.id == dossier_id)
    return connection.execute(query).scalar() or "une mission"
