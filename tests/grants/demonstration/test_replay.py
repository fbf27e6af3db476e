from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Generator, Mapping
from datetime import date, datetime, time
from typing import Any

import pytest
from sqlalchemy import Connection, bindparam, text

from api.composition import build_engine
from api.schema import JOURNAL_OWNERS
from grants.demonstration import replay
from grants.demonstration.comptes import PASSWORD, demonstration_accounts
from grants.demonstration.donnees import RAPPORT_2009, charger_2009, charger_vivante
from grants.demonstration.fichiers import Demonstration
from grants.demonstration.modeles import Fait
from grants.demonstration.recit import StoryImpossible
from grants.demonstration.replay import DemonstrationAlreadyThere, load_demonstration
from grants.organisation.passwords import Passwords
from grants.rapport.periods import Period
from grants.rapport.stages import funnel
from grants.rapport.tally import Tally
from tests.builders.databases import Databases, SchemaBuilder, build_schema
from tests.builders.demonstrations import LOADED_AT, build_demonstrations, papers
from workflow.database import Database, UtcDateTime
from workflow.dates import from_paris
from workflow.journal_check import verify

RAPPORT = tomllib.loads(RAPPORT_2009.read_text(encoding="utf-8"))["microprojets"]
CE_JOUR = date(2026, 3, 4)
NOW = LOADED_AT
CLAIE, ETABLI = "CLAIE", "L'Établi des Garrigues"


@pytest.fixture
def schema_builder() -> SchemaBuilder:
    return build_demonstrations


@pytest.fixture
def loaded(database_url: str) -> Generator[Database]:
    """Both demonstrations, on each kind of database in turn."""
    database = Database(database_url)
    yield database
    database.dispose()


@pytest.fixture
def empty(databases: Databases, database_kind: str) -> Generator[Database]:
    """The tables, and nothing in them."""
    with databases.fresh(database_kind, build_schema) as url:
        database = Database(url)
        yield database
        database.dispose()


@pytest.fixture
def sqlite_empty(databases: Databases) -> Generator[Database]:
    """The same, where the kind of database makes no difference."""
    with databases.fresh("sqlite", build_schema) as url:
        database = Database(url)
        yield database
        database.dispose()


def rows(database: Database, sql: str, **values: object) -> list[Any]:
    moments = [
        bindparam(key, type_=UtcDateTime())
        for key, value in values.items()
        if isinstance(value, datetime)
    ]
    with database.reading() as session:
        return list(session.connection().execute(text(sql).bindparams(*moments), values))


def count(database: Database, what: str, **values: object) -> int:
    return rows(database, f"SELECT count(*) FROM {what}", **values)[0][0]


def organisme(database: Database, nom: str) -> int:
    ((id,),) = rows(database, "SELECT id FROM organisme WHERE nom = :nom", nom=nom)
    return id


def counts(database: Database) -> Mapping[str, int]:
    tables = ("organisme", "compte", "personne", "structure", "seance", "dossier", "journal")
    return {table: count(database, table) for table in tables}


FIRST_ENTRIES = text(
    """
    SELECT to_stage, count(*) AS many FROM journal AS entered
    WHERE tenant_id = :organisme AND pipeline = 'microprojets' AND first_entry
      AND at >= :since AND at < :until
      AND NOT EXISTS (
        SELECT 1 FROM journal AS correction
        WHERE correction.subject_kind = entered.subject_kind
          AND correction.subject_id = entered.subject_id
          AND correction.corrects = entered.seq
      )
    GROUP BY to_stage
    """
).bindparams(bindparam("since", type_=UtcDateTime()), bindparam("until", type_=UtcDateTime()))


def first_entries(connection: Connection, organisme_id: int, year: int) -> dict[str, int]:
    """Counted in the journal: the first entries of a year, corrected ones left out."""
    values = {"organisme": organisme_id, "since": new_year(year), "until": new_year(year + 1)}
    return {row.to_stage: row.many for row in connection.execute(FIRST_ENTRIES, values)}


def new_year(year: int) -> datetime:
    return from_paris(datetime.combine(date(year, 1, 1), time.min))


# --- 2009 -------------------------------------------------------------------------------------


def test_the_journal_gives_back_the_funnel_of_2009_to_the_unit(loaded: Database) -> None:
    claie = organisme(loaded, CLAIE)
    with loaded.reading() as session:
        counted = first_entries(session.connection(), claie, 2009)
    assert counted["contact"] == RAPPORT["contacts"]
    assert counted["accueil"] == RAPPORT["accueils"]
    assert counted["cts"] == RAPPORT["accompagnes_jusqu_au_cts"]
    assert counted["selectionne"] == RAPPORT["selectionnes"]


def test_the_figures_of_the_screens_are_those_of_the_journal(loaded: Database) -> None:
    for nom, year in ((CLAIE, 2009), (CLAIE, 2010), (CLAIE, 2011), (ETABLI, 2025)):
        id, period = organisme(loaded, nom), Period(date(year, 1, 1), date(year, 12, 31))
        with loaded.reading() as session:
            connection = session.connection()
            told = funnel(Tally(connection, id), "microprojets", period)
            assert dict(told) == first_entries(connection, id, year)


def test_the_three_sittings_of_2009_are_seances_and_each_saw_dossiers(loaded: Database) -> None:
    seances = rows(
        loaded,
        "SELECT s.id, count(d.id) AS many FROM seance s JOIN dossier d ON d.seance_id = s.id"
        " WHERE s.organisme_id = :id GROUP BY s.id",
        id=organisme(loaded, CLAIE),
    )
    assert len(seances) == RAPPORT["seances_cts"]
    assert sum(seance.many for seance in seances) == RAPPORT["accompagnes_jusqu_au_cts"]


def test_the_six_selected_have_the_names_objects_and_places_of_the_report(
    loaded: Database,
) -> None:
    selected = rows(
        loaded,
        "SELECT s.nom AS association, d.objet, d.lieu FROM journal j"
        " JOIN dossier d ON d.id = j.subject_id JOIN structure s ON s.id = d.structure_id"
        " WHERE j.subject_kind = 'dossier' AND j.event = 'selectionner' AND j.tenant_id = :id",
        id=organisme(loaded, CLAIE),
    )
    expected = {(s["association"], s["objet"], s["lieu"]) for s in RAPPORT["selection"]}
    assert {tuple(row) for row in selected} == expected
    assert len(selected) == RAPPORT["selectionnes"]


def test_every_dossier_of_2009_says_what_is_invented(loaded: Database) -> None:
    claie = organisme(loaded, CLAIE)
    dossiers = rows(
        loaded,
        "SELECT d.origine, n.texte, n.auteur_id FROM dossier d JOIN note n ON n.dossier_id = d.id"
        " WHERE d.organisme_id = :id AND lower(n.texte) LIKE '%donnée inventée%'"
        " AND n.auteur_id IS NULL",
        id=claie,
    )
    assert len(dossiers) == count(loaded, "dossier WHERE organisme_id = :id", id=claie)
    assert {(row.origine, row.auteur_id) for row in dossiers} == {("donnee_inventee", None)}
    attested = [row for row in dossiers if "nom de la structure, " in row.texte]
    assert len(attested) == RAPPORT["selectionnes"]


def test_every_dossier_of_2009_has_ended_and_nothing_of_it_is_due(loaded: Database) -> None:
    id = organisme(loaded, CLAIE)
    stages = rows(loaded, "SELECT DISTINCT stage FROM dossier WHERE organisme_id = :id", id=id)
    ends = {"clos", "refuse", "sans_suite", "reoriente", "transmis"}
    assert {row.stage for row in stages} == ends
    assert count(loaded, "echeance WHERE state = 'prevue' AND tenant_id = :id", id=id) == 0
    waiting = "courrier WHERE state NOT IN ('annule', 'envoye') AND tenant_id = :id"
    assert count(loaded, waiting, id=id) == 0
    assert count(loaded, "courrier WHERE state = 'envoye' AND tenant_id = :id", id=id) > 150
    assert count(loaded, "courrier WHERE sent_at > '2012-01-01' AND tenant_id = :id", id=id) == 0


def test_each_seance_of_2009_decided_by_its_votes_and_has_its_minutes(loaded: Database) -> None:
    id = organisme(loaded, CLAIE)
    decided = rows(
        loaded,
        "SELECT x.proposee, x.retenue, x.montant_propose, x.montant, x.appliquee_le, d.reference,"
        " s.stage, d.montant_accorde FROM decision x JOIN dossier d ON d.id = x.dossier_id"
        " JOIN seance s ON s.id = x.seance_id WHERE x.organisme_id = :id",
        id=id,
    )
    assert len({row.reference for row in decided}) == RAPPORT["accompagnes_jusqu_au_cts"]
    assert all((row.proposee, row.montant_propose) == (row.retenue, row.montant) for row in decided)
    assert all(row.appliquee_le and row.stage == "pv_valide" for row in decided)
    granted = [row for row in decided if row.retenue == "retenu"]
    assert len(granted) == RAPPORT["selectionnes"]
    assert all(row.montant == row.montant_accorde for row in granted)
    assert count(loaded, "proces_verbal WHERE empreinte IS NOT NULL AND organisme_id = :id", id=id)
    votes = "bulletin WHERE organisme_id = :id"
    assert count(loaded, votes, id=id) == count(
        loaded, "emargement WHERE organisme_id = :id", id=id
    )
    assert count(loaded, votes, id=id) > 100


# --- The living organisme -----------------------------------------------------------------------


def test_the_living_organisme_stands_in_every_stage(loaded: Database) -> None:
    id = organisme(loaded, ETABLI)
    found = rows(
        loaded,
        "SELECT pipeline, stage, count(*) AS many FROM dossier WHERE organisme_id = :id"
        " GROUP BY pipeline, stage",
        id=id,
    )
    inhabited = {row.stage for row in found if row.pipeline == "microprojets"}
    loaded_pipeline = build_engine().catalogue.latest("microprojets")
    assert loaded_pipeline is not None
    assert inhabited == {stage.key for stage in loaded_pipeline.pipeline.stages}
    assert sum(row.many for row in found if row.pipeline == "microprojets") == 43
    assert sum(row.many for row in found) == 55


def test_a_seance_is_open_with_votes_under_way(loaded: Database) -> None:
    id = organisme(loaded, ETABLI)
    passages = rows(
        loaded,
        "SELECT p.etat, count(e.id) AS votes FROM passage p JOIN seance s ON s.id = p.seance_id"
        " LEFT JOIN emargement e ON e.passage_id = p.id"
        " WHERE s.organisme_id = :id AND s.stage = 'ouverte' GROUP BY p.id, p.etat, p.rang"
        " ORDER BY p.rang",
        id=id,
    )
    assert [tuple(row) for row in passages] == [("clos", 10), ("ouvert", 6), ("attendu", 0)]


def test_what_is_due_in_the_living_organisme_is_to_come(loaded: Database) -> None:
    id = organisme(loaded, ETABLI)
    late = "echeance WHERE state = 'prevue' AND tenant_id = :id AND due_at <= :now"
    assert count(loaded, late, id=id, now=NOW) == 0
    assert count(loaded, "echeance WHERE state = 'prevue' AND tenant_id = :id", id=id) > 20
    assert count(loaded, "courrier WHERE state = 'pret' AND tenant_id = :id", id=id) == 0


def test_past_letters_are_as_they_were_sent_and_nothing_may_leave(loaded: Database) -> None:
    for name in (CLAIE, ETABLI):
        id = organisme(loaded, name)
        unread = "courrier WHERE state = 'envoye' AND (body_text IS NULL OR subject_line IS NULL)"
        assert count(loaded, f"{unread} AND tenant_id = :id", id=id) == 0
        by_itself = "courrier WHERE state = 'prepare' AND release = 'automatique'"
        assert count(loaded, f"{by_itself} AND tenant_id = :id", id=id) == 0
        twice = rows(
            loaded,
            "SELECT recipient_id FROM courrier WHERE reminder AND channel = 'courriel'"
            " AND state = 'envoye' AND tenant_id = :id GROUP BY recipient_id, sent_at"
            " HAVING count(*) > 1",
            id=id,
        )
        assert twice == []


def test_recent_decisions_of_the_living_organisme_wait_for_somebody(loaded: Database) -> None:
    waiting = "courrier WHERE state = 'prepare' AND release = 'a_valider' AND tenant_id = :id"
    assert count(loaded, waiting, id=organisme(loaded, ETABLI)) > 0


def test_what_was_asked_of_colleagues_in_2009_is_told_and_over(loaded: Database) -> None:
    told = rows(
        loaded,
        "SELECT p.content FROM journal j JOIN journal_payload p"
        " ON p.subject_kind = j.subject_kind AND p.subject_id = j.subject_id AND p.seq = j.seq"
        " WHERE j.event = 'relances_annulees' AND j.tenant_id = :id",
        id=organisme(loaded, CLAIE),
    )
    assert len(told) >= RAPPORT["selectionnes"]


def test_the_reoriented_dossier_goes_on_in_the_dla(loaded: Database) -> None:
    (suite,) = rows(
        loaded,
        "SELECT o.stage AS origin, s.pipeline, s.stage, l.nature FROM lien_dossier l"
        " JOIN dossier o ON o.id = l.origine_id JOIN dossier s ON s.id = l.suite_id",
    )
    assert tuple(suite) == ("reoriente", "dla_individuel", "demande", "suite")


# --- Both ---------------------------------------------------------------------------------------


def test_every_story_ends_where_it_says(loaded: Database) -> None:
    for story in (charger_2009(), charger_vivante(CE_JOUR)):
        personnes = {each.cle: f"{each.prenom} {each.nom}" for each in story.personnes}
        told = Counter((d.pipeline, personnes[d.porteur], d.etape) for d in story.dossiers)
        kept = rows(
            loaded,
            "SELECT d.pipeline, p.nom, d.stage FROM dossier d JOIN personne p"
            " ON p.id = d.porteur_id WHERE d.organisme_id = :id",
            id=organisme(loaded, story.organisme.nom),
        )
        assert Counter(tuple(row) for row in kept) == told


def test_the_journal_of_both_verifies(loaded: Database) -> None:
    with loaded.reading() as session:
        checked = verify(session.connection(), JOURNAL_OWNERS)
    assert checked.findings == ()
    assert checked.entries > 900


def test_both_organismes_are_marked_and_their_accounts_open_the_door(loaded: Database) -> None:
    assert count(loaded, "organisme WHERE demonstration") == 2
    with loaded.reading() as session:
        accounts = demonstration_accounts(session.connection())
    assert [account.organisme for account in accounts] == [ETABLI] * 5 + [CLAIE] * 5
    assert {account.password for account in accounts} == {PASSWORD}
    hashes = {row.mot_de_passe for row in rows(loaded, "SELECT mot_de_passe FROM compte")}
    assert len(hashes) == 1
    assert Passwords().check(PASSWORD, hashes.pop())


def test_loading_twice_is_refused_and_changes_nothing(loaded: Database) -> None:
    before = counts(loaded)
    with pytest.raises(DemonstrationAlreadyThere, match="L'Établi des Garrigues, CLAIE"):
        load_demonstration(loaded, build_engine(), NOW, papers())
    with pytest.raises(DemonstrationAlreadyThere):
        load_demonstration(loaded, build_engine(), NOW, papers(), only="vivante")
    assert counts(loaded) == before


def test_the_one_that_is_missing_is_loaded_beside_the_other(empty: Database) -> None:
    engine = build_engine()
    first = load_demonstration(empty, engine, NOW, papers(), only="2009")
    assert {account.organisme for account in first} == {CLAIE}
    second = load_demonstration(empty, engine, NOW, papers())
    assert {account.organisme for account in second} == {ETABLI}


def test_a_story_that_cannot_be_told_leaves_nothing_behind(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = charger_2009()
    last = max(story.dossiers, key=lambda each: each.contact_le)
    impossible = Fait(
        le=datetime.combine(date(2011, 12, 1), time(9)),
        acteur="direction",
        action="solder",
    )
    dossiers = tuple(
        each.model_copy(update={"faits": (*each.faits, impossible)}) if each is last else each
        for each in story.dossiers
    )
    broken: Demonstration = story.model_copy(update={"dossiers": dossiers})
    monkeypatch.setattr(replay, "charger_2009", lambda: broken)
    with pytest.raises(StoryImpossible, match=f"{last.cle}, solder.*n'est pas une action"):
        load_demonstration(empty, build_engine(), NOW, papers(), only="2009")
    assert set(counts(empty).values()) == {0}


@pytest.mark.parametrize(
    "day",
    [date(2026, 4, 6), date(2027, 3, 28)],
    ids=["a bank holiday", "a Sunday when the clocks change"],
)
def test_the_living_organisme_loads_on_any_day(sqlite_empty: Database, day: date) -> None:
    now = from_paris(datetime.combine(day, time(10)))
    load_demonstration(sqlite_empty, build_engine(), now, papers(), only="vivante")
    assert count(sqlite_empty, "dossier") == 55
