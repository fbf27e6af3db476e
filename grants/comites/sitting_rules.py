"""The facts and rules of a séance's own pipeline: convened, opened, closed, minuted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from grants.comites.horaires import is_afterwards
from grants.comites.regles import load_regles
from grants.comites.tables import Emargement
from grants.comites.vocabulary import ATTENDU, CLOS, COMITES, OUVERT
from grants.dossiers.tables import Dossier
from workflow.database import table_of
from workflow.dates import format_date, to_paris
from workflow.guards import Attempt, Refusal
from workflow.subject import Subject

if TYPE_CHECKING:
    from grants.comites.assemblee import Room

_E, _D = table_of(Emargement), table_of(Dossier)


@dataclass(frozen=True, slots=True)
class Hearing:
    """One dossier of a séance as its rules see it."""

    dossier_id: int
    reference: str
    etat: str
    quorum: bool
    decided: bool
    applied: bool


@COMITES.fact("jour_de_la_seance", is_date=True)
def day_of(_connection: Connection, subject: Subject) -> date:
    """The day that the séance is held."""
    return to_paris(subject.row["tenue_le"]).date()


@COMITES.fact("cloture_des_inscriptions", is_date=True)
def closing_of(_connection: Connection, subject: Subject) -> date:
    """The last day of inscription."""
    return subject.row["cloture_inscriptions"]


@COMITES.fact("membres_de_la_seance")
def members_of(connection: Connection, subject: Subject) -> Room:
    """Everybody around the séance."""
    from grants.comites.assemblee import room_of

    return room_of(connection, subject)


@COMITES.fact("dossiers_de_la_seance")
def hearings_of(connection: Connection, subject: Subject) -> tuple[Hearing, ...]:
    """The dossiers on the agenda, with what became of each."""
    from grants.comites.agenda import agenda_of
    from grants.comites.decisions import decisions_of

    agenda = agenda_of(connection, subject.id)
    ids = [row["dossier_id"] for row in agenda]
    names = select(_D.c.id, _D.c.reference).where(_D.c.id.in_(ids))
    references: dict[int, str] = {row.id: row.reference for row in connection.execute(names)}
    decisions = decisions_of(connection, subject.id)
    return tuple(_hearing(row, references, decisions) for row in agenda)


@COMITES.fact("voix_sans_vote")
def voices_without_vote(connection: Connection, subject: Subject) -> tuple[int, ...]:
    """The members with a vote who have given none yet, on any dossier of the séance.

    Neither those who said that they will not come, nor deputies: somebody else has their voice.
    """
    from grants.comites.agenda import agenda_of
    from grants.comites.assemblee import PRESENT, room_of

    voted = (
        select(_E.c.membre_id)
        .where(_E.c.passage_id.in_([row["id"] for row in agenda_of(connection, subject.id)]))
        .distinct()
    )
    given = set(connection.execute(voted).scalars())
    room = room_of(connection, subject)
    away = {id for id, row in room.presences.items() if row["etat"] != PRESENT}
    return tuple(
        each.id
        for each in room.membres
        if each.votes and each.suppleant_de_id is None and each.id not in given | away
    )


@COMITES.guard("seance_a_venir", says="la séance est à venir")
def still_to_come(attempt: Attempt) -> Refusal | None:
    """Members are convened to a séance that has not begun."""
    if attempt.subject.row["tenue_le"] > attempt.at:
        return None
    sentence = "La date de la séance est passée : modifiez-la avant de convoquer."
    return Refusal("date_passee", sentence, "tenue_le")


@COMITES.guard(
    "membres_en_fonction",
    says="des membres qui votent sont en fonction ce jour-là",
    facts=("membres_de_la_seance",),
)
def somebody_votes(attempt: Attempt) -> Refusal | None:
    """At least one member with a vote is in office that day."""
    room: Room = attempt.fact("membres_de_la_seance")
    if any(each.votes for each in room.membres):
        return None
    sentence = "Ce comité n’a aucun membre qui vote ce jour-là : nommez-les dans « Comités »."
    return Refusal("aucun_membre", sentence, "membres")


@COMITES.guard(
    "presidence_prevue",
    says="quelqu’un peut présider",
    facts=("membres_de_la_seance",),
)
def somebody_presides(attempt: Attempt) -> Refusal | None:
    """A member in office has a rank of presidence."""
    room: Room = attempt.fact("membres_de_la_seance")
    if any(each.rang_presidence is not None for each in room.membres):
        return None
    sentence = "Personne ne peut présider : donnez un rang de présidence à un membre."
    return Refusal("sans_presidence", sentence, "membres")


@COMITES.guard("jour_venu", says="le jour de la séance est venu")
def day_has_come(attempt: Attempt) -> Refusal | None:
    """A séance is opened on its day, or after."""
    day = to_paris(attempt.subject.row["tenue_le"]).date()
    if to_paris(attempt.at).date() >= day:
        return None
    return Refusal("trop_tot", f"La séance s’ouvre le {format_date(day)}.", "tenue_le")


@COMITES.guard("preside_designe", says="on sait qui préside")
def chair_is_taken(attempt: Attempt) -> Refusal | None:
    """Somebody was said to preside."""
    if attempt.subject.row["preside_id"] is not None:
        return None
    sentence = "Indiquez qui préside la séance."
    return Refusal("personne_ne_preside", sentence, "preside")


@COMITES.guard("votes_clos", says="chaque vote ouvert est clos", facts=("dossiers_de_la_seance",))
def votes_are_closed(attempt: Attempt) -> tuple[Refusal, ...]:
    """A séance does not end in the middle of a vote."""
    return tuple(
        Refusal("vote_ouvert", f"{each.reference} : le vote est encore ouvert.", "votes")
        for each in attempt.fact("dossiers_de_la_seance")
        if each.etat == OUVERT
    )


@COMITES.guard(
    "departs_notes",
    says="le départ de chacun est noté, quand la séance s’écrit après coup",
    facts=("membres_de_la_seance",),
)
def departures_noted(attempt: Attempt) -> Refusal | None:
    """A séance that ends the day it was held ends for everybody; afterwards, nobody saw them go."""
    from grants.comites.assemblee import PRESENT

    if not is_afterwards(attempt.subject, attempt.at):
        return None
    room: Room = attempt.fact("membres_de_la_seance")
    still = [
        each.nom
        for each in room.membres
        if (row := room.presences.get(each.id)) is not None
        and row["etat"] == PRESENT
        and row["depart"] is None
    ]
    if not still:
        return None
    day = format_date(to_paris(attempt.subject.row["tenue_le"]).date())
    sentence = f"La séance s’est tenue le {day} : notez l’heure de départ de {', '.join(still)}."
    return Refusal("departs_a_noter", sentence, "presences")


@COMITES.guard(
    "aucune_decision_appliquee",
    says="aucune décision n’est encore appliquée",
    facts=("dossiers_de_la_seance",),
)
def nothing_applied(attempt: Attempt) -> tuple[Refusal, ...]:
    """A séance is reopened as long as no dossier has moved by what it decided."""
    return tuple(
        Refusal("decision_appliquee", f"{each.reference} : la décision est appliquée.")
        for each in attempt.fact("dossiers_de_la_seance")
        if each.applied
    )


@COMITES.guard(
    "decisions_toutes_prises",
    says="chaque dossier voté a sa décision, ou son avis",
    facts=("dossiers_de_la_seance",),
)
def everything_decided(attempt: Attempt) -> tuple[Refusal, ...]:
    """Minutes are validated once each vote that had its quorum has led to a decision."""
    awaited = load_regles(attempt.subject.row["regles"]).mots.attendu
    return tuple(
        Refusal("decision_attendue", f"{each.reference} : {awaited}.", "decisions")
        for each in attempt.fact("dossiers_de_la_seance")
        if each.etat == CLOS and each.quorum and not each.decided
    )


@COMITES.guard(
    "aucun_dossier_inscrit",
    says="aucun dossier n’y est plus inscrit",
    facts=("dossiers_de_la_seance",),
)
def nobody_left_behind(attempt: Attempt) -> tuple[Refusal, ...]:
    """A séance is cancelled once its dossiers were given another."""
    return tuple(
        Refusal("dossier_inscrit", f"{each.reference} y est inscrit : changez-le de séance.")
        for each in attempt.fact("dossiers_de_la_seance")
        if each.etat in (ATTENDU, OUVERT)
    )


@COMITES.guard("nouvelle_date_a_venir", says="la nouvelle date est à venir")
def new_date_to_come(attempt: Attempt) -> tuple[Refusal, ...]:
    """A séance put off gets a date to come, after the closing of its inscriptions."""
    values = attempt.values or {}
    held, closing = values.get("tenue_le"), values.get("cloture_inscriptions")
    refusals = []
    if held is not None and held <= attempt.at:
        refusals.append(Refusal("date_passee", "Cette date est déjà passée.", "tenue_le"))
    if held is not None and closing is not None and closing > to_paris(held).date():
        sentence = "Les inscriptions se terminent le jour de la séance au plus tard."
        refusals.append(Refusal("cloture_tardive", sentence, "cloture_inscriptions"))
    return tuple(refusals)


@COMITES.guard(
    "votes_attendus", says="des membres n’ont pas encore voté", facts=("voix_sans_vote",)
)
def votes_awaited(attempt: Attempt) -> Refusal | None:
    """A reminder's cause: somebody has not voted."""
    if attempt.fact("voix_sans_vote"):
        return None
    return Refusal("tous_ont_vote", "Tous les membres ont voté.")


def _hearing(
    row: dict[str, Any], references: dict[int, str], decisions: dict[int, dict[str, Any]]
) -> Hearing:
    from grants.comites.closing import load_count

    decided = decisions.get(row["dossier_id"])
    return Hearing(
        dossier_id=row["dossier_id"],
        reference=references[row["dossier_id"]],
        etat=row["etat"],
        quorum=bool(row["resultat"]) and load_count(row["resultat"]).quorum_atteint,
        decided=decided is not None,
        applied=bool(decided and decided["appliquee_le"]),
    )
