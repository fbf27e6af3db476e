"""Time is noted, corrected and taken back; a day has 24 hours; what hangs on it follows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from grants.dossiers.opening import Opening, open_dossier
from grants.dossiers.reading import read_subject
from grants.dossiers.taches.tables import Tache
from grants.interventions.fields import dispositifs_of
from grants.interventions.queries import Kept, page_of, total_of, week_of
from grants.interventions.service import (
    LEDGER,
    NewIntervention,
    correct_intervention,
    log_intervention,
    read_row,
    take_back_intervention,
)
from grants.organisation.identity import Identity, ReadOnly
from grants.organisation.roles import CHARGE_DE_MISSION, LECTEUR
from grants.structures.service import create_structure
from tests.builders.bureau import Bureau
from tests.builders.offices import NOW, Office
from workflow.database import Database, table_of
from workflow.engine import Engine
from workflow.errors import Invalid, NotFound, Stale
from workflow.journal_check import verify_chain

TODAY = NOW.date()
SAID = {"structure": "Les Jardins du Lez", "dispositif": "iae", "nature": "visite", "duree": "2h"}


class Desk:
    """A colleague who notes what she did."""

    def __init__(self, database: Database, engine: Engine, office: Office) -> None:
        self.database, self.engine, self.office = database, engine, office
        self.me = office.identity(CHARGE_DE_MISSION)
        with database.unit_of_work() as session:
            for nom in ("Les Jardins du Lez", "Les Jardins de Maguelone", "Recyclerie du Pic"):
                create_structure(session, self.me, {"nom": nom}, NOW)

    def note(self, who: Identity | None = None, on: int | None = None, **said: str) -> int:
        told = {"le": f"{TODAY}", **({} if on else SAID), **said}
        with self.database.unit_of_work() as session:
            new = NewIntervention(told, on)
            return log_intervention(session, self.engine, who or self.me, new, NOW)

    def faults(self, **said: str) -> Mapping[str, str]:
        with pytest.raises(Invalid) as raised:
            self.note(None, None, **said)
        return raised.value.faults

    def correct(self, id: int, version: int | None = None, **said: str) -> bool:
        told = {**SAID, "le": f"{TODAY}", **said}
        with self.database.unit_of_work() as session:
            return correct_intervention(session, self.engine, self.me, id, told, NOW, version)

    def take_back(self, id: int) -> bool:
        with self.database.unit_of_work() as session:
            return take_back_intervention(session, self.engine, self.me, id, NOW)

    def open(self, structure: str, pipeline: str = "iae_structures") -> int:
        with self.database.unit_of_work() as session:
            id = create_structure(session, self.me, {"nom": structure}, NOW)
            opening = Opening(pipeline, TODAY, structure_id=id, values={"titre": structure})
            return open_dossier(session, self.engine, self.me, opening, NOW).id


@pytest.fixture
def desk(database: Database, engine: Engine, office: Office) -> Desk:
    return Desk(database, engine, office)


def test_time_is_noted_by_typing_the_structures_name(desk: Desk) -> None:
    id = desk.note(duree="1h30", km="42")
    with desk.database.reading() as session:
        connection = session.connection()
        (line,) = page_of(connection, desk.office.id, Kept()).lines
    assert (line.id, line.qui, line.structure) == (id, desk.me.nom, "Les Jardins du Lez")
    assert (line.minutes, line.km, line.le) == (90, 42, TODAY)


def test_a_structure_is_found_by_part_of_its_name_unless_several_have_it(desk: Desk) -> None:
    desk.note(structure="recyclerie")
    desk.note(structure="du lez")
    assert desk.faults(structure="jardins")["structure"].startswith(
        "Plusieurs structures répondent à ce nom : « Les Jardins de Maguelone », « Les Jardins du"
    )
    assert desk.faults(structure="Inconnue")["structure"].startswith("Aucune structure")


@pytest.mark.parametrize(
    ("field", "typed", "beginning"),
    [
        ("le", f"{TODAY + timedelta(days=1)}", "Cette date est à venir"),
        ("duree", "0", "Une intervention dure au moins une minute"),
        ("duree", "-2", "Écrivez une durée"),
        ("duree", "25h", "Une journée n’a que 24 heures"),
        ("km", "-3", "Écrivez"),
        ("km", "40000", "Écrivez 2"),
        ("nature", "sieste", "Choisissez"),
        ("dispositif", "", "Choisissez le dispositif"),
        ("structure", "", "Indiquez la structure"),
        ("dossier", "IAE-1", "Aucun dossier"),
        ("qui", "999999", "Choisissez"),
    ],
)
def test_bad_answers_name_their_field(desk: Desk, field: str, typed: str, beginning: str) -> None:
    assert desk.faults(**{field: typed})[field].startswith(beginning)


def test_a_day_of_25_hours_is_refused_whoever_types_it(desk: Desk) -> None:
    first = desk.note(duree="20h")
    sentence = desk.faults(duree="5h")["duree"]
    assert "compterait 25\u202fh pour" in sentence
    assert "elle n’en a que 24" in sentence
    # Another day, or another person, has hours of their own.
    desk.note(duree="5h", le=f"{TODAY - timedelta(days=1)}")
    desk.note(desk.office.identity(), duree="5h")
    second = desk.note(duree="4h")
    with pytest.raises(Invalid):
        desk.correct(second, duree="4h01")
    desk.correct(first, duree="19h59")
    desk.correct(second, duree="4h01")
    desk.take_back(first)
    desk.note(duree="19h59")


def test_a_dossier_says_the_structure_and_the_dispositif(desk: Desk) -> None:
    dossier = desk.open("Ressourcerie")
    id = desk.note(on=dossier, nature="telephone", duree="20 min")
    with desk.database.reading() as session:
        row = read_row(session.connection(), desk.office.id, id)
    assert (row["dossier_id"], row["dispositif"]) == (dossier, "iae")
    with desk.database.reading() as session:
        (line,) = page_of(session.connection(), desk.office.id, Kept(dossier=dossier)).lines
    assert line.structure == "Ressourcerie"
    assert desk.faults(dossier=line.reference or "")["dossier"].endswith(
        "Corrigez l’un ou l’autre."
    )


def test_another_organismes_dossier_is_not_there(desk: Desk, other_office: Office) -> None:
    dossier = desk.open("Ressourcerie")
    id = desk.note()
    desk.me = other_office.identity()
    with pytest.raises(NotFound):
        desk.note(on=dossier, nature="visite", duree="1h")
    with pytest.raises(NotFound):
        desk.take_back(id)
    with desk.database.reading() as session:
        assert not page_of(session.connection(), other_office.id, Kept()).lines


def test_the_journal_keeps_what_was_corrected_and_taken_back(desk: Desk) -> None:
    id = desk.note()
    assert desk.correct(id, duree="3h", version=1)
    assert not desk.correct(id, duree="3h")
    with pytest.raises(Stale):
        desk.correct(id, duree="4h", version=1)
    assert desk.take_back(id)
    assert not desk.take_back(id)
    with pytest.raises(NotFound):
        desk.correct(id, duree="4h")
    with desk.database.reading() as session:
        connection = session.connection()
        assert total_of(connection, desk.office.id, Kept()).nombre == 0
        row = LEDGER.read(connection, desk.office.id, id)
        assert row["seq"] == 3
        assert not verify_chain(connection, ("intervention", id), LEDGER.table)


def test_a_dispositif_of_several_pipelines_has_its_own_name(engine: Engine) -> None:
    labels = dispositifs_of(engine)
    assert (labels["dla"], labels["cooperation"]) == ("DLA", "Coopération européenne")


def test_whoever_only_reads_notes_nothing(desk: Desk) -> None:
    with pytest.raises(ReadOnly):
        desk.note(desk.office.identity(LECTEUR))


def test_a_week_is_that_of_one_person(desk: Desk) -> None:
    monday = date(2026, 3, 9)
    desk.note(le="2026-03-09", duree="1h", km="10")
    desk.note(le="2026-03-11", duree="2h", km="5")
    desk.note(le="2026-03-08")
    desk.note(desk.office.identity(), le="2026-03-10")
    with desk.database.reading() as session:
        connection, me = session.connection(), desk.me.compte_id or 0
        lines = week_of(connection, desk.office.id, me, monday)
        assert [(line.le.day, line.minutes) for line in lines] == [(9, 60), (11, 120)]
        kept = Kept(qui=me, du=monday, au=monday + timedelta(days=6))
        total = total_of(connection, desk.office.id, kept)
        assert (total.nombre, total.minutes, total.km, total.structures) == (2, 180, 15, 1)


# --- What hangs on the time spent -----------------------------------------------------------------


@pytest.fixture
def bureau(database: Database, engine: Engine, office: Office) -> Bureau:
    direction, charge = office.identity(), office.identity(CHARGE_DE_MISSION)
    bureau = Bureau(database, engine, direction, charge)
    bureau.open("iae_structures")
    bureau.fill("demande", type_de_structure="aci", themes=["budget"])
    bureau.do("suivre")
    return bureau


def on_structure(bureau: Bureau, duration: str, **said: str) -> int:
    """Time on the structure, of the direction: no dossier is named."""
    told = {**SAID, "structure": "Essai iae_structures", "le": f"{bureau.now:%Y-%m-%d}"}
    with bureau.database.unit_of_work() as session:
        new = NewIntervention({**told, "duree": duration, **said})
        return log_intervention(session, bureau.engine, bureau.direction, new, bureau.now)


def stage(bureau: Bureau) -> str:
    with bureau.database.reading() as session:
        organisme = bureau.charge.organisme_id
        return read_subject(
            session.connection(), bureau.engine, organisme, bureau.dossier, lock=False
        ).stage


def notices(bureau: Bureau) -> list[str]:
    tasks = table_of(Tache)
    with bureau.database.reading() as session:
        titles = select(tasks.c.titre).where(tasks.c.dossier_id == bureau.dossier)
        return list(session.connection().execute(titles).scalars())


def test_half_a_day_exactly_stays_in_suivi_and_one_minute_more_does_not(bureau: Bureau) -> None:
    on_structure(bureau, "3h30")
    assert stage(bureau) == "suivi"
    on_structure(bureau, "1 min")
    assert stage(bureau) == "accompagnement"


def test_time_adds_up_whoever_spent_it_and_wherever_it_was_noted(bureau: Bureau) -> None:
    assert bureau.spend("2h") == "suivi"
    on_structure(bureau, "1h31")
    assert stage(bureau) == "accompagnement"


def test_time_of_another_dispositif_or_of_another_year_does_not_count(bureau: Bureau) -> None:
    on_structure(bureau, "8h", dispositif="dla")
    on_structure(bureau, "8h", le="2025-12-30")
    on_structure(bureau, "3h", le="2026-01-02")
    assert stage(bureau) == "suivi"


def test_days_of_december_written_in_january_count_in_their_own_year(bureau: Bureau) -> None:
    bureau.spend("3h", le="2026-03-10")
    bureau.now = bureau.now.replace(year=2027, month=1)
    assert bureau.spend("3h", le="2027-01-05") == "suivi"
    assert bureau.spend("1h", le="2026-12-29") == "accompagnement"


def test_time_spent_before_the_dossier_is_followed_counts_when_it_is(
    database: Database, engine: Engine, office: Office
) -> None:
    direction, charge = office.identity(), office.identity(CHARGE_DE_MISSION)
    bureau = Bureau(database, engine, direction, charge)
    bureau.open("iae_structures")
    bureau.fill("demande", type_de_structure="aci", themes=["budget"])
    on_structure(bureau, "4h")
    assert stage(bureau) == "demande"
    bureau.do("suivre")
    assert stage(bureau) == "accompagnement"


def test_a_dossier_never_goes_back_by_itself_but_somebody_is_told(bureau: Bureau) -> None:
    first, second = on_structure(bureau, "3h30"), on_structure(bureau, "30 min")
    assert stage(bureau) == "accompagnement"
    with bureau.database.unit_of_work() as session:
        told = {**SAID, "structure": "Essai iae_structures", "le": f"{TODAY}", "duree": "10 min"}
        work = (session, bureau.engine, bureau.charge)
        correct_intervention(*work, second, told, bureau.now)
    assert notices(bureau) == []
    with bureau.database.unit_of_work() as session:
        take_back_intervention(session, bureau.engine, bureau.charge, second, bureau.now)
    assert stage(bureau) == "accompagnement"
    sentence = "Vérifier l’étape « Accompagnement » : le temps de l’année est redescendu à "
    assert notices(bureau) == [f"{sentence}3\u202fh\u202f30"]
    with bureau.database.unit_of_work() as session:
        take_back_intervention(session, bureau.engine, bureau.charge, first, bureau.now)
    assert len(notices(bureau)) == 1
    # The direction corrects the stage; it stays there until there is time enough again.
    assert bureau.correct() == "suivi"
    on_structure(bureau, "3h31")
    assert stage(bureau) == "accompagnement"


def test_a_correction_that_moves_time_to_another_structure_settles_both(bureau: Bureau) -> None:
    id = on_structure(bureau, "4h", structure="Essai iae_structures")
    assert stage(bureau) == "accompagnement"
    with bureau.database.unit_of_work() as session:
        create_structure(session, bureau.charge, {"nom": "Ailleurs"}, NOW)
        told = {**SAID, "structure": "Ailleurs", "le": f"{TODAY}", "duree": "4h"}
        correct_intervention(session, bureau.engine, bureau.charge, id, told, bureau.now)
    assert len(notices(bureau)) == 1
