"""The séances of a demonstration held again: each thing that happened, by its service."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial

from sqlmodel import Session

from grants.comites.agenda import order_agenda, write_note
from grants.comites.closing import close_vote
from grants.comites.comptage import ABSTENTION, AJOURNEMENT, DEFAVORABLE, FAVORABLE, RESERVES
from grants.comites.decisions import Verdict, decide, reserves_of
from grants.comites.deports import step_aside
from grants.comites.membres import read_membre
from grants.comites.minutes import write_remarks
from grants.comites.moves import SeanceDemand, advance_seance
from grants.comites.presences import Attendance, note_attendance, take_the_chair
from grants.comites.reserves import lift_condition
from grants.comites.sieges import Siege
from grants.comites.voting import Vote, cast_vote, open_vote
from grants.demonstration.fichiers import Demonstration
from grants.demonstration.installation import Installed
from grants.demonstration.issues import Issue, issue_of, seen_at
from grants.demonstration.modeles import Membre, Passage, Seance
from grants.organisation.identity import Acting
from grants.organisation.roles import DIRECTION
from workflow.calendar import next_working_day_on_or_after, previous_working_day_on_or_before
from workflow.dates import from_paris, to_paris
from workflow.engine import Engine

#: Members are convened, and the notes are written, that long before.
CONVENED, NOTED = timedelta(days=24), timedelta(days=9)
#: The minutes are validated a week later.
VALIDATED = timedelta(days=7)
#: What each dossier takes; its vote closes and its decision is confirmed within it.
EACH, FIRST, CLOSES, DECIDED = 15, 5, 11, 12
_ORDER = ("preparation", "convoquee", "ouverte", "close", "pv_valide")
_SAME = {"retenu": FAVORABLE, "ajourne": AJOURNEMENT, "refuse": DEFAVORABLE}


@dataclass(frozen=True, slots=True)
class Instant:
    """One thing that happened at a séance."""

    at: datetime
    what: str
    run: Callable[[datetime], object]


@dataclass(slots=True)
class Salle:
    """One séance: who is there, what is voted. `dossiers` are the ids known so far, by key."""

    session: Session
    engine: Engine
    demonstration: Demonstration
    place: Installed
    seance: Seance
    dossiers: Mapping[str, int]

    @property
    def id(self) -> int:
        """The séance's."""
        return self.place.seances[self.seance.cle]

    def instants(self) -> Iterator[Instant]:
        """Everything that happened so far, in order."""
        reached = _ORDER.index(self.seance.etat)
        if reached >= _ORDER.index("convoquee"):
            at = self.seance.convoquee_le or self._day_before(CONVENED, time(10, 15))
            yield self._instant(at, "convoquer", partial(self._move, "convoquer"))
        yield from self._notes()
        if reached >= _ORDER.index("ouverte"):
            yield from self._session()
        if reached >= _ORDER.index("close"):
            moves = [*self.seance.departs.values(), *self.seance.arrivees.values()]
            at = self._minute(max(FIRST + EACH * len(self._passages()), *moves, 0) + 5)
            yield self._instant(at, "clore", partial(self._move, "clore"))
            if self.seance.remarques:
                yield self._instant(at + timedelta(minutes=30), "remarques", self._remark)
        if reached >= _ORDER.index("pv_valide"):
            day = next_working_day_on_or_after((to_paris(self.seance.le) + VALIDATED).date())
            at = from_paris(datetime.combine(day, time(11)))
            yield self._instant(at, "valider_pv", partial(self._move, "valider_pv"))

    def _notes(self) -> Iterator[Instant]:
        for passage in self.seance.passages:
            if passage.note or passage.avis or passage.vigilance:
                at = self._day_before(NOTED, time(16, 30))
                yield self._instant(at, f"note {passage.dossier}", partial(self._note, passage))

    def _session(self) -> Iterator[Instant]:
        yield self._instant(self._minute(1), "ordre du jour", self._order)
        yield self._instant(self._minute(2), "ouvrir", partial(self._move, "ouvrir"))
        yield self._instant(self._minute(2), "présidence", self._take_the_chair)
        for membre, etat, minute in self._attendance():
            run = partial(self._attend, membre, etat)
            yield self._instant(self._minute(minute), f"présence {membre.cle}", run)
        for rank, passage in enumerate(self._passages()):
            yield from self._hearing(passage, FIRST + EACH * rank)
        for cle, minute in self.seance.departs.items():
            run = partial(self._leave, cle)
            yield self._instant(self._minute(minute), f"départ {cle}", run)

    def _hearing(self, passage: Passage, minute: int) -> Iterator[Instant]:
        cle, dossier = passage.dossier, partial(self.dossiers.__getitem__, passage.dossier)
        issue = issue_of(self.demonstration, self.seance, passage)
        for membre, why in passage.deports.items():
            run = partial(self._step_aside, membre, cle, why)
            yield self._instant(self._minute(3), f"déport {membre}", run)
        if passage.vote == "a_venir":
            return
        start = self._minute(minute)
        yield self._instant(
            start,
            f"vote ouvert {cle}",
            lambda at: open_vote(self.session, self.place.prepare, self.id, dossier(), at),
        )
        for rank, vote in enumerate(self._votes(passage, issue)):
            at = start + timedelta(minutes=2, seconds=20 * rank)
            yield self._instant(at, f"vote {vote[0]} {cle}", partial(self._vote, cle, vote))
        if passage.vote == "clos":
            yield self._instant(self._minute(minute + CLOSES), f"vote clos {cle}", lambda at: (
                close_vote(self.session, self.engine, self.place.prepare, self.id, dossier(), at)
            ))  # fmt: skip
            if issue is not None:
                run = partial(self._decide, passage, issue)
                yield self._instant(self._minute(minute + DECIDED), f"décision {cle}", run)
        if passage.levee_le is not None:
            run = partial(self._lift, passage)
            yield self._instant(passage.levee_le, f"réserve levée {cle}", run)

    # ------------------------------------------------------------ who is there

    def _attendance(self) -> Iterator[tuple[Membre, str, int]]:
        """Each member with what is noted of him, those who will not come first."""
        told = self.seance
        for membre in self._members():
            if membre.cle in told.pouvoirs:
                yield membre, "represente", 2
            elif membre.cle in (*told.excuses, *told.absents):
                yield membre, "excuse" if membre.cle in told.excuses else "absent", 2
            elif self._sits(membre):
                yield membre, "present", told.arrivees.get(membre.cle, 2)

    def _members(self) -> list[Membre]:
        mine = (each for each in self.demonstration.membres if each.comite == self.seance.comite)
        # Whoever holds a pouvoir is noted before who gave it.
        return sorted(mine, key=lambda each: each.cle in self.seance.pouvoirs)

    def _sits(self, membre: Membre) -> bool:
        """A deputy comes where the titular does not."""
        told = self.seance
        away = (*told.excuses, *told.absents)
        return membre.suppleant_de is None or membre.suppleant_de in away

    def _attend(self, membre: Membre, etat: str, at: datetime) -> None:
        holder = self.seance.pouvoirs.get(membre.cle)
        note_attendance(
            self.session,
            self.place.prepare,
            Attendance(
                self.id,
                self.place.membres[membre.cle],
                etat,
                pouvoir_a_id=self.place.membres[holder] if holder else None,
            ),
            at,
        )

    def _chair(self) -> Membre:
        """Whoever presides: the first in rank among those who came."""
        there = [each for each, etat, _ in self._attendance() if etat == "present"]
        return min(
            (each for each in there if each.presidence), key=lambda each: each.presidence or 0
        )

    def _take_the_chair(self, at: datetime) -> None:
        membre = self.place.membres[self._chair().cle]
        take_the_chair(self.session, self.place.prepare, self.id, membre, at)

    def _leave(self, cle: str, at: datetime) -> None:
        leaving = Attendance(self.id, self.place.membres[cle], "present", leaves=True)
        note_attendance(self.session, self.place.prepare, leaving, at)

    def _step_aside(self, membre: str, dossier: str, why: str, at: datetime) -> None:
        places = self.id, self.dossiers[dossier], self.place.membres[membre]
        step_aside(self.session, self._siege(membre), *places, why, at)

    # ------------------------------------------------------------ what is voted

    def _passages(self) -> list[Passage]:
        return seen_at(self.demonstration, self.seance)

    def _votes(
        self, passage: Passage, issue: Issue | None
    ) -> list[tuple[str, str, int | None, str]]:
        """(member, choice, amount, réserves) of each voice."""
        granted = issue.montant if issue else None

        def amount(cle: str) -> int | None:
            return passage.montants.get(cle, granted)

        told = [
            *((cle, FAVORABLE, amount(cle), "") for cle in passage.pour),
            *((cle, RESERVES, amount(cle), text) for cle, text in passage.reserves.items()),
            *((cle, AJOURNEMENT, None, "") for cle in passage.ajournement),
            *((cle, DEFAVORABLE, None, "") for cle in passage.contre),
            *((cle, ABSTENTION, None, "") for cle in passage.abstention),
        ]
        if told or issue is None:
            return told
        choice = _SAME[issue.retenue]
        return [
            (each.cle, choice, granted, "")
            for each, etat, _minute in self._attendance()
            if each.voix == "deliberative"
            and etat in ("present", "represente")
            and each.cle not in passage.deports
        ]

    def _vote(self, dossier: str, vote: tuple[str, str, int | None, str], at: datetime) -> None:
        cle, choix, montant, reserves = vote
        # A pouvoir is used by whoever holds it.
        by = self.seance.pouvoirs.get(cle, cle)
        acting: Acting = self._siege(by) if self.seance.chacun_vote else self.place.prepare
        voice = self.place.membres[cle]
        said = Vote(self.id, self.dossiers[dossier], voice, choix, montant, reserves)
        cast_vote(self.session, acting, said, at)

    def _decide(self, passage: Passage, issue: Issue, at: datetime) -> None:
        verdict = Verdict(
            self.id,
            self.dossiers[passage.dossier],
            issue.retenue,
            montant=issue.montant,
            motif=issue.motif or "",
            reserves=passage.conditions,
        )
        chair = self._siege(self._chair().cle, preside=True)
        decide(self.session, self.engine, chair, verdict, at)

    def _lift(self, passage: Passage, at: datetime) -> None:
        """What the comité had asked for has come."""
        connection, dossier = self.session.connection(), self.dossiers[passage.dossier]
        work = self.session, self.engine, self.place.prepare
        for each in reserves_of(connection, self.id, dossier):
            lift_condition(*work, each["id"], passage.levee or "", at)

    # ------------------------------------------------------------ the rest

    def _move(self, action: str, at: datetime) -> None:
        acting = self.place.prepare
        if action == "valider_pv":
            acting = next(each for each in self.place.identities.values() if each.role == DIRECTION)
        advance_seance(self.session, self.engine, acting, SeanceDemand(self.id, action), at)

    def _order(self, at: datetime) -> None:
        """The dossiers are heard in the order in which they are told."""
        heard = [self.dossiers[each.dossier] for each in self._passages()]
        order_agenda(self.session, self.place.prepare, self.id, heard, at)

    def _note(self, passage: Passage, at: datetime) -> None:
        form = {
            "note": passage.note,
            "avis_charge": passage.avis,
            "vigilance": passage.vigilance,
        }
        typed = {key: value for key, value in form.items() if value is not None}
        dossier = self.dossiers[passage.dossier]
        write_note(self.session, self.place.prepare, self.id, dossier, typed, at)

    def _remark(self, at: datetime) -> None:
        write_remarks(self.session, self.place.prepare, self.id, self.seance.remarques or "", at)

    def _siege(self, cle: str, *, preside: bool = False) -> Siege:
        id, organisme = self.place.membres[cle], self.place.organisme_id
        who = read_membre(self.session.connection(), organisme, id)
        return Siege(organisme, self.id, id, who.personne_id, who.nom, preside)

    def _instant(self, at: datetime, what: str, run: Callable[[datetime], object]) -> Instant:
        return Instant(at, f"{self.seance.cle}, {what}", run)

    def _minute(self, minute: int) -> datetime:
        return self.seance.le + timedelta(minutes=minute)

    def _day_before(self, delay: timedelta, hour: time) -> datetime:
        day = previous_working_day_on_or_before((to_paris(self.seance.le) - delay).date())
        return from_paris(datetime.combine(day, hour))
