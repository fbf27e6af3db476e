"""What cooperation brings to pipeline files: its partners, its visits and its participants."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from grants.cooperation.lignes import Cell, Lines
from workflow.dates import parse_date
from workflow.money import AmountFault, format_hundredths, parse_hundredths
from workflow.subject import Subject
from workflow.texts import InputFault
from workflow.vocabulary import Register

COOPERATION = Register()
_MOST_DAYS = 36_500


class NoDays(InputFault):
    """Écrivez un nombre de jours entre 0,25 et 365, comme 5 ou 2,5."""


def _words(text: str) -> str:
    return text


def _days(text: str) -> str:
    try:
        hundredths = parse_hundredths(text)
    except AmountFault:
        raise NoDays from None
    if not 0 < hundredths <= _MOST_DAYS:
        raise NoDays
    return format_hundredths(hundredths)


def _day(text: str) -> str:
    return f"{parse_date(text):%d/%m/%Y}"


PARTENAIRES = Lines(
    "partenaires",
    (Cell("nom", _words), Cell("pays", _words), Cell("rôle", _words, required=False)),
    "Ateliers du port ; Portugal ; accueil des participants",
)
VISITES = Lines(
    "visites",
    (
        Cell("date", _day),
        Cell("lieu", _words),
        Cell("jours", _days),
        Cell("personnes", _words, required=False),
    ),
    "12/03/2026 ; Porto ; 2 ; Ana Reis, Luc Morel",
)
PARTICIPANTS = Lines(
    "participants",
    (Cell("nom", _words), Cell("structure", _words, required=False), Cell("jours", _days)),
    "Ana Reis ; Les Jardins du Lez ; 5",
)
for each in (PARTENAIRES, VISITES, PARTICIPANTS):
    COOPERATION.field_type(each.field_type())


@COOPERATION.fact("reponse_attendue", is_date=True)
def answer_expected(_connection: Connection, subject: Subject) -> date | None:
    """The day by which the programme said that it would answer."""
    return subject.values.get("reponse_le")
