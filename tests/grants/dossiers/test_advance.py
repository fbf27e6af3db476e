"""One move of one dossier: what it writes, and what it refuses."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError

from grants.dossiers.tables import Dossier
from grants.organisation.identity import ReadOnly
from tests.builders.dossiers import Counter
from tests.builders.offices import Office
from workflow.database import Database, table_of
from workflow.engine import Engine
from workflow.errors import NotFound, UnknownAction


def stage(counter: Counter) -> str:
    return counter.read().stage


# --- The move -----------------------------------------------------------------------------------


def test_a_move_is_written_whole(counter: Counter) -> None:
    counter.open()
    before = counter.read()
    counter.wait(hours=1)
    done = counter.do("accueillir", rendez_vous="2026-03-20T10:30", lieu_rendez_vous="Au siège")
    after = counter.read()
    assert (done.stage, done.replayed, len(done.moves)) == ("accueil", False, 1)
    assert (after.stage, after.stage_since) == ("accueil", counter.now)
    assert (after.seq, after.lock_version) == (before.seq + 1, before.lock_version + 1)
    assert after.head != before.head
    line = counter.lines()[-1]
    assert (line.event, line.at, line.role) == ("accueillir", counter.now, "charge_de_mission")
    assert line.content["champs"] == {
        "rendez_vous": "2026-03-20T09:30:00Z",
        "lieu_rendez_vous": "Au siège",
    }
    assert line.content["avant"] == {"rendez_vous": None, "lieu_rendez_vous": None}
    assert counter.letters() == [("confirmation_rendez_vous", "prepare")]
    assert counter.still_open() == [("rappel_rendez_vous", 1, date(2026, 3, 18))]
    assert counter.fact("rendez_vous").isoformat() == "2026-03-20T09:30:00+00:00"


def test_the_direction_acts_as_the_direction(counter: Counter) -> None:
    counter.open()
    counter.do("accueillir", by="direction", rendez_vous="2026-03-20T10:30")
    assert counter.lines()[-1].role == "direction"


@pytest.mark.parametrize(
    ("answers", "field", "sentence"),
    [
        ({}, "rendez_vous", "Ce champ est à renseigner."),
        ({"rendez_vous": "demain"}, "rendez_vous", "Écrivez une date et une heure"),
        ({"rendez_vous": "31/02/2026 10:00"}, "rendez_vous", "Cette date n'existe pas."),
        (
            {"rendez_vous": "2026-03-20T10:30", "lieu_rendez_vous": "a\u202eb"},
            "lieu_rendez_vous",
            "une marque qui change le sens de lecture",
        ),
        ({"rendez_vous": "2026-03-20T10:30", "montant": "3"}, "montant", "Champ inconnu."),
    ],
    ids=["missing", "unreadable", "no such day", "override", "unknown field"],
)
def test_a_faulty_form_changes_nothing(
    sqlite_counter: Counter, answers: dict[str, str], field: str, sentence: str
) -> None:
    sqlite_counter.open()
    before = sqlite_counter.read()
    faults = sqlite_counter.faults("accueillir", **answers)
    assert list(faults) == [field]
    assert sentence in faults[field]
    assert sqlite_counter.read() == before


def test_every_fault_of_a_form_is_told_at_once(counter: Counter) -> None:
    counter.take_to("selectionne")
    convention = counter.convention(iban="FR76", date_debut="demain", titulaire_iban="")
    faults = counter.faults("conventionner", reason="Parce que.", **convention)
    assert faults.keys() == {"motif", "iban", "date_debut", "titulaire_iban"}
    assert faults["motif"] == "Cette action ne demande pas de motif. Laissez ce champ vide."


@pytest.mark.parametrize("reason", [None, "", " \n ", "x" * 2001, "a\x00b"])
def test_a_reason_that_is_owed_is_read_strictly(
    sqlite_counter: Counter, reason: str | None
) -> None:
    sqlite_counter.open()
    assert list(sqlite_counter.faults("classer_sans_suite", reason=reason)) == ["motif"]
    assert stage(sqlite_counter) == "contact"


def test_a_refused_move_gives_every_reason_and_changes_nothing(counter: Counter) -> None:
    counter.take_to("accueil")
    before = counter.read()
    assert counter.refusals("accompagner") == [
        f"Compte rendu d’accueil : il manque « {label} »."
        for label in (
            "Compte rendu",
            "Structure de l’économie sociale et solidaire",
            "Projet situé sur notre territoire",
            "Lien avec l’emploi",
            "Effectif de la structure (ETP)",
            "Aucune autre aide européenne directe",
        )
    ]
    assert counter.read() == before


def test_a_lecteur_moves_nothing(counter: Counter) -> None:
    counter.open()
    with pytest.raises(ReadOnly):
        counter.do("accueillir", by="lecteur", rendez_vous="2026-03-20T10:30")


def test_what_a_role_may_not_do_is_refused_with_the_rest(counter: Counter) -> None:
    counter.take_to("suivi")
    refused = counter.refusals("resilier", reason="Projet abandonné.", montant_a_rembourser="0")
    assert refused == ["Action réservée : Direction."]


@pytest.mark.parametrize("id", [0, -1, 999_999, 2**63 - 1, 2**63, 10**30])
def test_an_unknown_dossier_does_not_exist(counter: Counter, id: int) -> None:
    counter.dossier = id
    with pytest.raises(NotFound, match="n'existe pas, ou ne fait pas partie"):
        counter.do("accueillir", rendez_vous="2026-03-20T10:30")


def test_another_organismes_dossier_does_not_exist(
    counter: Counter, database: Database, engine: Engine, other_office: Office
) -> None:
    counter.open()
    stranger = Counter(database, engine, other_office, dossier=counter.dossier)
    with pytest.raises(NotFound):
        stranger.do("accueillir", rendez_vous="2026-03-20T10:30")
    assert stage(counter) == "contact"


def test_an_action_of_another_stage_or_of_no_pipeline_is_told_apart(counter: Counter) -> None:
    counter.open()
    assert counter.refusals("solder") == ["Ce n'est pas une action de l'étape « Contact »."]
    with pytest.raises(UnknownAction, match="« signer »"):
        counter.do("signer")


def test_the_sequence_of_another_organisme_is_not_in_the_list(
    counter: Counter, database: Database, engine: Engine, other_office: Office
) -> None:
    stranger = Counter(database, engine, other_office)
    foreign = stranger.plan_seance()
    counter.take_to("accompagnement")
    counter.fill("projet")
    sentence = {"seance": "Choisissez dans la liste proposée."}
    assert counter.faults("inscrire_cts", seance=str(foreign)) == sentence
    assert counter.faults("inscrire_cts", seance=str(2**63)) == sentence


# --- Amounts ------------------------------------------------------------------------------------


def test_a_dossier_over_the_ceiling_is_refused_with_its_amount(counter: Counter) -> None:
    counter.take_to("accompagnement")
    counter.fill("projet", montant_demande="25 000,50")
    counter.finance()
    counter.bring_pieces()
    counter.plan_seance()
    assert counter.refusals("inscrire_cts", seance=str(counter.seance)) == [
        "L'aide demandée (25\u202f000,50\u00a0€) dépasse le plafond de 23\u202f000\u00a0€ :"
        " réduisez de 2\u202f000,50\u00a0€."
    ]
    counter.fill("projet", montant_demande="23 000")
    counter.finance()
    counter.do("inscrire_cts", seance=str(counter.seance))
    assert stage(counter) == "cts"


@pytest.mark.parametrize("typed", ["0", "-1", "0,00", "vingt", "1e3", "18000,123", "٢٣"])
def test_a_granted_amount_is_refused_by_its_input(sqlite_counter: Counter, typed: str) -> None:
    sqlite_counter.take_to("cts")
    sqlite_counter.wait(days=21)
    assert list(sqlite_counter.faults("selectionner", montant_accorde=typed)) == ["montant_accorde"]


@pytest.mark.parametrize(
    ("granted", "sentences"),
    [
        ("19 000", []),
        (
            "20 000,01",
            [
                "Le montant accordé (20\u202f000,01\u00a0€) dépasse le montant demandé"
                " (20\u202f000\u00a0€)."
            ],
        ),
        (
            "30 000",
            [
                "Le montant accordé (30\u202f000\u00a0€) dépasse le plafond de 23\u202f000\u00a0€.",
                "Le montant accordé (30\u202f000\u00a0€) dépasse le montant demandé"
                " (20\u202f000\u00a0€).",
            ],
        ),
    ],
)
def test_a_granted_amount_is_refused_by_its_guards(
    sqlite_counter: Counter, granted: str, sentences: list[str]
) -> None:
    sqlite_counter.take_to("cts")
    sqlite_counter.wait(days=21)
    sqlite_counter.hear("retenu", 1_800_000)
    decided = "Le comité a accordé 18\u202f000\u00a0€, pas autre chose."
    refused = sqlite_counter.refusals("selectionner", montant_accorde=granted)
    assert refused == [decided, *sentences]


@pytest.mark.parametrize("cents", [0, -1, 2_300_001, 2_000_001])
def test_a_granted_amount_is_refused_by_the_database_itself(counter: Counter, cents: int) -> None:
    counter.take_to("cts")
    dossiers = table_of(Dossier)
    with (
        pytest.raises(IntegrityError, match="ck_dossier_montant_accorde"),
        counter.database.unit_of_work() as session,
    ):
        session.connection().execute(update(dossiers).values(montant_accorde=cents))


def test_what_only_the_database_refuses_is_told_by_field(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipeline file that forgets the guard gets a sentence, not an error 500."""
    counter.take_to("cts")
    counter.wait(days=21)
    for name in ("decision_favorable", "montant_accordable"):
        real = counter.engine.vocabulary.guards[name]
        forgetful = type(real)(real.name, lambda _attempt: None)
        monkeypatch.setitem(counter.engine.vocabulary.guards, real.name, forgetful)
    assert counter.faults("selectionner", montant_accorde="22 000") == {
        "montant_accorde": (
            "Le montant accordé doit être positif, sans dépasser ni le plafond ni l'aide demandée."
        )
    }
    assert stage(counter) == "cts"


def test_the_ceiling_is_the_one_in_force_when_the_dossier_was_opened(counter: Counter) -> None:
    first = counter.open()
    parametres = '{"microprojets": {"plafond": 1000000}}'
    with counter.database.unit_of_work() as session:
        session.connection().execute(
            text("UPDATE organisme SET parametres = :json"), {"json": parametres}
        )
    second = counter.open()
    assert (counter.read(first).row["plafond"], counter.read(second).row["plafond"]) == (
        2_300_000,
        1_000_000,
    )
