"""A comité at work, by the services alone: named, convened, opened, voting, deciding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import Session

from grants.comites.closing import close_vote
from grants.comites.comptage import AJOURNEMENT, DEFAVORABLE, FAVORABLE, Comptage
from grants.comites.decisions import Verdict, decide
from grants.comites.membres import MembreLine, membres_of, name_membre
from grants.comites.moves import SeanceDemand, advance_seance
from grants.comites.presences import Attendance, note_attendance
from grants.comites.reading import read_sitting
from grants.comites.regles import Regles
from grants.comites.sieges import Siege
from grants.comites.tables import Seance
from grants.comites.voting import Received, Vote, cast_vote, open_vote
from grants.organisation.identity import Identity
from workflow.database import Database, table_of
from workflow.engine import Engine
from workflow.journal_reading import Line, lines_of
from workflow.subject import Subject

#: What everybody votes, for what is to be decided.
_VOTES = {"retenu": FAVORABLE, "ajourne": AJOURNEMENT, "refuse": DEFAVORABLE}
NAMES = ("Camille Aubrac", "Dany Belmont", "Sacha Corti", "Lou Delmas", "Noor Esteve")
_S = table_of(Seance)


@dataclass
class Hearing:
    """One séance and its comité. `now` goes on as things happen."""

    database: Database
    engine: Engine
    by: Identity
    seance: int
    now: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.now = self.read().row["tenue_le"]

    def read(self) -> Subject:
        """The séance as it stands."""
        with self.database.reading() as session:
            return read_sitting(session.connection(), self.by.organisme_id, self.seance, lock=False)

    def lines(self) -> list[Line]:
        """The journal of the séance, latest first."""
        with self.database.reading() as session:
            return lines_of(session.connection(), "seance", self.seance)

    # --- Who sits ---------------------------------------------------------------------------

    def name(self, *names: str, **mandate: str) -> list[int]:
        """Name members to the comité, with a vote, in office since last year; their ids."""
        comite = self.read().row["comite_id"]
        start = (self.now - timedelta(days=400)).date().isoformat()
        ids = []
        with self.database.unit_of_work() as session:
            for name in names or NAMES:
                slug = name.lower().replace(" ", ".")
                form = {
                    "nom": name,
                    "email": f"{slug}.{self.seance}@comite.example",
                    "college": "Associations",
                    "voix": "deliberative",
                    "debut": start,
                    **mandate,
                }
                early = self.now - timedelta(days=30)
                ids.append(name_membre(session, self.by, comite, form, early))
        return ids

    def members(self) -> list[MembreLine]:
        """Those in office on the day of the séance."""
        row = self.read().row
        with self.database.reading() as session:
            day = row["tenue_le"].date()
            return membres_of(session.connection(), self.by.organisme_id, row["comite_id"], day)

    def siege(self, membre_id: int, *, preside: bool = False) -> Siege:
        """A member in his seat."""
        found = next(each for each in self.members() if each.id == membre_id)
        return Siege(
            self.by.organisme_id, self.seance, membre_id, found.personne_id, found.nom, preside
        )

    # --- What happens -----------------------------------------------------------------------

    def do(self, action: str, at: datetime | None = None, **demand: object) -> Subject:
        """One action on the séance."""
        with self.database.unit_of_work() as session:
            asked = SeanceDemand(self.seance, action, **demand)  # ty: ignore[invalid-argument-type]
            return advance_seance(session, self.engine, self.by, asked, at or self.now)

    def convene(self) -> None:
        """Name a comité where there is none, the first of whom presides, and convene it."""
        if not self.members():
            first = self.name(NAMES[0], rang_presidence="1")
            assert first
            self.name(*NAMES[1:])
        self.do("convoquer", self.now - timedelta(days=5))

    def open(self, *present: int) -> None:
        """Open the séance; these members are there, or everybody."""
        if self.read().stage == "preparation":
            self.convene()
        self.do("ouvrir")
        for membre in present or [each.id for each in self.members()]:
            self.note(membre, "present")

    def rule(self, **rules: object) -> None:
        """The séance follows other rules than the default ones."""
        regles = Regles(**rules)  # ty: ignore[invalid-argument-type]
        with self.database.unit_of_work() as session:
            change = update(_S).where(_S.c.id == self.seance).values(regles=regles.dump())
            session.connection().execute(change)

    def note(self, membre: int, etat: str, **said: object) -> bool:
        """Note somebody's presence."""
        with self.database.unit_of_work() as session:
            attendance = Attendance(self.seance, membre, etat, **said)  # ty: ignore[invalid-argument-type]
            return note_attendance(session, self.by, attendance, self.now)

    def begin(self, dossier: int) -> None:
        """Open the vote on a dossier."""
        with self.database.unit_of_work() as session:
            open_vote(session, self.by, self.seance, dossier, self.now)

    def vote(self, dossier: int, membre: int, choix: str, **said: object) -> Received:
        """A vote given aloud, entered by the chargé; by the member himself with `own=True`."""
        own = said.pop("own", False)
        acting = self.siege(membre) if own else self.by
        with self.database.unit_of_work() as session:
            asked = Vote(self.seance, dossier, membre, choix, **said)  # ty: ignore[invalid-argument-type]
            return cast_vote(session, acting, asked, self.now)

    def close(self, dossier: int) -> Comptage:
        """Close the vote on a dossier."""
        with self.database.unit_of_work() as session:
            return close_vote(session, self.engine, self.by, self.seance, dossier, self.now)

    def settle(self, dossier: int, retenue: str, **said: object) -> dict[str, object]:
        """Confirm the decision on a dossier."""
        with self.database.unit_of_work() as session:
            verdict = Verdict(self.seance, dossier, retenue, **said)  # ty: ignore[invalid-argument-type]
            return decide(session, self.engine, self.by, verdict, self.now)

    def hear(self, dossier: int, retenue: str, montant: int | None = None, motif: str = "") -> None:
        """A whole hearing: everybody votes alike, and the decision is the votes'."""
        self.begin(dossier)
        for member in self.members():
            if member.votes:
                self.vote(dossier, member.id, _VOTES[retenue], montant=montant)
        self.close(dossier)
        reason = motif or ("" if retenue == "retenu" else "Le comité l’a dit.")
        self.settle(dossier, retenue, motif=reason)


def hold(
    database: Database,
    engine: Engine,
    by: Identity,
    seance: int,
    verdicts: Mapping[int, tuple[str, int | None]],
) -> Hearing:
    """A séance from its convening to its last decision, for these dossiers."""
    hearing = Hearing(database, engine, by, seance)
    if hearing.read().stage in ("preparation", "convoquee"):
        hearing.open()
    for dossier, (retenue, montant) in verdicts.items():
        hearing.hear(dossier, retenue, montant)
    return hearing


def seances_of(session: Session, organisme_id: int) -> Sequence[int]:
    """The séances of an organisme, in the order they were planned."""
    query = select(_S.c.id).where(_S.c.organisme_id == organisme_id).order_by(_S.c.id)
    return session.connection().execute(query).scalars().all()
