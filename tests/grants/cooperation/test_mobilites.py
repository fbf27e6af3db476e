"""A cooperation project from the idea to its bilan, and what it adds up to."""

from __future__ import annotations

from collections.abc import Generator
from datetime import date, timedelta

import pytest

from api.composition import build_engine
from grants.cooperation.figures import Mobilites, mobilites_of
from grants.cooperation.vocabulary import PARTICIPANTS, VISITES
from tests.builders.bureau import Bureau
from tests.builders.offices import make_office
from workflow.database import Database
from workflow.engine import Engine
from workflow.errors import Invalid
from workflow.field_contract import FieldFault
from workflow.pipeline import Field

LEAVES = "\n".join(f"Personne {n} ; Structure {n % 4} ; 5" for n in range(1, 18))


@pytest.fixture(scope="module")
def engine() -> Engine:
    return build_engine()


@pytest.fixture
def bureau(database_url: str, engine: Engine) -> Generator[Bureau]:
    database = Database(database_url)
    with database.unit_of_work() as session:
        office = make_office(session)
    yield Bureau(database, engine, office.identity(), office.identity("charge_de_mission"))
    database.dispose()


def figures(bureau: Bureau, since: date, until: date) -> Mobilites:
    with bureau.database.reading() as session:
        place = (session.connection(), bureau.engine, bureau.charge.organisme_id)
        return mobilites_of(*place, since, until)


def to_the_answer(bureau: Bureau) -> None:
    bureau.open("cooperation", lieu="Londres")
    bureau.fill("projet", public_vise="Salariés de l'insertion")
    bureau.fill(
        "partenariat", partenaires="Thames Works\tRoyaume-Uni\taccueil\nPorto Vivo;Portugal"
    )
    assert bureau.do("preparer_la_visite") == "visite_preparatoire"
    today = f"{bureau.now:%d/%m/%Y}"
    bureau.fill(
        "visite_preparatoire", visites=f"{today};Londres;2;Ana, Luc", conclusions_de_la_visite="Oui"
    )
    assert bureau.do("deposer", depose_le=f"{bureau.now:%Y-%m-%d}") == "depot"


def test_a_project_goes_from_the_idea_to_its_bilan_and_is_counted(bureau: Bureau) -> None:
    to_the_answer(bureau)
    visited = bureau.now.date()
    bureau.wait(60)
    day = f"{bureau.now:%Y-%m-%d}"
    assert bureau.do("accepter", repondu_le=day, aide_obtenue="12 000") == "accepte"
    assert bureau.refusals("partir") == {"fiche_incomplete"}
    leaves, comes = bureau.now.date(), bureau.now.date() + timedelta(days=6)
    whole = f"{LEAVES}\nSans structure ; ; 2,5"
    bureau.fill("mobilite", date_debut=f"{leaves}", date_fin=f"{comes}", participants=whole)
    assert bureau.do("partir") == "mobilite"
    assert bureau.refusals("faire_le_bilan") == {"date_future"}
    bureau.wait(7)
    assert bureau.do("faire_le_bilan") == "bilan"
    bureau.fill("bilan_mobilite", acquis="Acquis", suites="Suites")
    assert bureau.do("clore") == "clos"

    found = figures(bureau, visited, comes)
    assert (found.projets, found.participants, found.jours, found.journees) == (1, 18, 500, 8750)
    assert (found.structures, found.partenaires) == (4, 2)
    assert (len(found.visites), found.jours_de_visite) == (1, 200)
    later = figures(bureau, leaves, comes)
    assert (later.participants, len(later.visites)) == (18, 0)
    before = figures(bureau, visited, leaves - timedelta(days=1))
    assert (before.participants, len(before.visites)) == (0, 1)


def test_a_project_that_is_not_taken_ends_there(bureau: Bureau) -> None:
    to_the_answer(bureau)
    day = f"{bureau.now:%Y-%m-%d}"
    assert bureau.do("refuser", "Trop de demandes.", repondu_le=day) == "refuse"
    assert bureau.correct() == "depot"


def test_nobody_comes_home_before_leaving(bureau: Bureau) -> None:
    to_the_answer(bureau)
    bureau.do("accepter", repondu_le=f"{bureau.now:%Y-%m-%d}")
    with pytest.raises(Invalid) as raised:
        bureau.fill("mobilite", date_debut="2026-06-10", date_fin="2026-06-09")
    assert raised.value.faults.keys() == {"date_fin"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Ana ; Les Jardins", "Ligne 1 : indiquez jours, comme « Ana Reis"),
        ("Ana ; ; 5\nAna ; ; 5", "Ligne 2 : elle est écrite deux fois."),
        ("Ana ; ; cinq", "Ligne 1, jours : Écrivez un nombre de jours"),
        ("Ana ; ; 0", "Ligne 1, jours : Écrivez un nombre de jours"),
        ("Ana ; B ; 5 ; 6", "Ligne 1 : écrivez seulement « nom ; structure ; jours »."),
    ],
)
def test_a_line_that_cannot_be_counted_is_refused(text: str, sentence: str) -> None:
    field = Field(key="participants", label="Participants", type="participants")
    with pytest.raises(FieldFault) as raised:
        PARTICIPANTS.field_type().parse(text, field)
    assert str(raised.value).startswith(sentence)


def test_lines_pasted_from_a_spreadsheet_read_back_the_same() -> None:
    field = Field(key="visites", label="Visites", type="visites")
    kind = VISITES.field_type()
    kept = kind.parse("12/03/2026\tPorto\t2,50\tAna\n\n;;;\n2026-03-14 ;Lyon; 1", field)
    assert kept == "12/03/2026 ; Porto ; 2,50 ; Ana\n14/03/2026 ; Lyon ; 1"
    assert kind.parse(kind.form(kept), field) == kept
