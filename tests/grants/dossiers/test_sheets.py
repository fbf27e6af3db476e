"""The sheets of a dossier: who may edit what and when, what is kept, what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from grants.dossiers.sheets import SheetClosed, SheetEdit, SheetReserved, edit_sheet
from grants.organisation.identity import ReadOnly
from tests.builders.dossiers import Counter
from tests.builders.engines import engine_with
from tests.builders.offices import Office
from workflow.errors import Invalid, KeyReused, NotFound, Stale
from workflow.pipeline import Pipeline

CHARGE, ASSISTANT, DIRECTION = "charge_de_mission", "assistant", "direction"


def edit(
    counter: Counter,
    sheet: str,
    answers: dict[str, Any],
    by: str = CHARGE,
    version: int | None = None,
    key: str | None = None,
) -> None:
    with counter.database.unit_of_work() as session:
        asked = SheetEdit(counter.dossier, sheet, answers, version, key)
        edit_sheet(session, counter.engine, counter.office.identity(by), asked, counter.now)


def faults(counter: Counter, sheet: str, **answers: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as raised:
        edit(counter, sheet, answers)
    return raised.value.faults


# --- Who, when ----------------------------------------------------------------------------------

OPEN_TO = {
    ("contact", "projet"): {CHARGE, ASSISTANT, DIRECTION},
    ("accueil", "accueil"): {CHARGE, DIRECTION},
    ("accueil", "projet"): {CHARGE, ASSISTANT, DIRECTION},
    ("accompagnement", "accueil"): {CHARGE, DIRECTION},
    ("accompagnement", "projet"): {CHARGE, ASSISTANT, DIRECTION},
}
SAID = {"projet": "lieu", "accueil": "compte_rendu"}


@pytest.mark.parametrize("stage", ["contact", "accueil", "accompagnement", "cts"])
def test_each_stage_opens_its_sheets_to_its_roles(sqlite_counter: Counter, stage: str) -> None:
    counter = sqlite_counter
    counter.take_to(stage)
    for sheet, field in SAID.items():
        for role in (CHARGE, ASSISTANT, DIRECTION):
            answers = {field: f"Écrit par {role}"}
            allowed = OPEN_TO.get((stage, sheet), set())
            if role in allowed:
                edit(counter, sheet, answers, role)
                assert counter.read().values[field] == f"Écrit par {role}"
                continue
            with pytest.raises(SheetReserved if allowed else SheetClosed):
                edit(counter, sheet, answers, role)
            assert counter.read().values.get(field) != f"Écrit par {role}"


def test_a_closed_sheet_says_which_and_at_what_stage(sqlite_counter: Counter) -> None:
    sqlite_counter.open()
    with pytest.raises(SheetClosed) as raised:
        edit(sqlite_counter, "accueil", {"compte_rendu": "Trop tôt."})
    assert (
        str(raised.value) == "« Compte rendu d’accueil » ne se modifie plus à l'étape « Contact »."
    )


def test_who_only_reads_changes_no_sheet(sqlite_counter: Counter) -> None:
    sqlite_counter.open()
    with pytest.raises(ReadOnly):
        edit(sqlite_counter, "projet", {"titre": "Autre"}, "lecteur")


def test_an_unknown_sheet_and_another_organismes_dossier_do_not_exist(
    counter: Counter, other_office: Office
) -> None:
    counter.open()
    with pytest.raises(NotFound):
        edit(counter, "inconnue", {"titre": "Autre"})
    counter.office = other_office
    with pytest.raises(NotFound):
        edit(counter, "projet", {"titre": "Autre"})


# --- What is kept -------------------------------------------------------------------------------


def test_an_unfinished_sheet_is_kept_and_the_rest_of_it_stays(counter: Counter) -> None:
    counter.open(values={"titre": "Un jardin", "commune": "Lattes"})
    edit(counter, "projet", {"objet": "Créer des emplois.", "montant_demande": "12 500,50"})
    values = counter.read().values
    assert values["objet"] == "Créer des emplois."
    assert values["montant_demande"] == 1_250_050
    assert (values["titre"], values["commune"]) == ("Un jardin", "Lattes")
    edit(counter, "projet", {"objet": "", "commune": "Sète"})
    values = counter.read().values
    assert (values["objet"], values["commune"]) == (None, "Sète")


def test_answers_without_a_column_are_kept_too(counter: Counter) -> None:
    counter.take_to("accueil")
    edit(counter, "accueil", {"statut_ess": "oui", "effectif_etp": "2,5"})
    edit(counter, "accueil", {"lien_emploi": "non"})
    values = counter.read().values
    assert (values["statut_ess"], values["effectif_etp"]) == (True, 250)
    assert values["lien_emploi"] is False
    edit(counter, "accueil", {"statut_ess": ""})
    assert counter.read().values.get("statut_ess") is None


def test_the_journal_says_each_answer_before_and_after(counter: Counter) -> None:
    counter.open(values={"titre": "Un jardin"})
    before = counter.read()
    answers = {"titre": "Deux jardins", "date_debut": "2026-05-04", "montant_demande": "900"}
    edit(counter, "projet", {**answers, "lieu": ""}, ASSISTANT)
    line = counter.lines()[-1]
    assert (line.event, line.role) == ("fiche_modifiee", ASSISTANT)
    assert line.content == {
        "fiche": "projet",
        "changements": {
            "titre": {"avant": "Un jardin", "apres": "Deux jardins"},
            "date_debut": {"avant": None, "apres": "2026-05-04"},
            "montant_demande": {"avant": None, "apres": 90_000},
        },
    }
    after = counter.read()
    assert (after.seq, after.lock_version) == (before.seq + 1, before.lock_version + 1)


def test_nothing_is_written_when_nothing_changed(counter: Counter) -> None:
    counter.open(values={"titre": "Un jardin", "montant_demande": 90_000})
    before = counter.read()
    edit(counter, "projet", {"titre": "  Un jardin ", "montant_demande": "900,00", "objet": ""})
    edit(counter, "projet", {})
    after = counter.read()
    assert (after.seq, after.head, after.lock_version) == (
        before.seq,
        before.head,
        before.lock_version,
    )


def test_the_key_that_titles_are_searched_by_follows_the_title(counter: Counter) -> None:
    counter.open(values={"titre": "Un jardin"})
    edit(counter, "projet", {"titre": "L’Œuvre d’Été"})
    assert counter.read().row["titre_cle"] == "l'oeuvre d'ete"
    # One sign that folds to eighteen letters: the key is cut, the title is not.
    edit(counter, "projet", {"titre": "ﷺ" * 200})
    row = counter.read().row
    assert (len(row["titre"]), len(row["titre_cle"])) == (200, 400)
    edit(counter, "projet", {"titre": ""})
    row = counter.read().row
    assert (row["titre"], row["titre_cle"]) == ("", "")


# --- What is refused ----------------------------------------------------------------------------


def test_every_fault_is_told_at_once_and_nothing_is_kept(counter: Counter) -> None:
    counter.open(values={"titre": "Un jardin"})
    before = counter.read()
    found = faults(
        counter,
        "projet",
        titre="Autre",
        montant_demande="beaucoup",
        date_debut="2026-02-30",
        departement="99",
        secteur="inconnu",
        emplois_crees="-1",
        couleur="vert",
    )
    assert set(found) == {
        "montant_demande",
        "date_debut",
        "departement",
        "secteur",
        "emplois_crees",
        "couleur",
    }
    assert found["couleur"] == "Champ inconnu. Retirez-le de l'envoi."
    after = counter.read()
    assert (after.values["titre"], after.lock_version) == ("Un jardin", before.lock_version)


def test_a_field_of_another_sheet_is_unknown_here(sqlite_counter: Counter) -> None:
    sqlite_counter.open()
    assert set(faults(sqlite_counter, "projet", compte_rendu="Ailleurs")) == {"compte_rendu"}


@pytest.mark.parametrize(
    ("kept", "typed", "field"),
    [
        ({}, {"date_debut": "2026-06-02", "date_fin": "2026-06-01"}, "date_fin"),
        ({"date_debut": "2026-06-02"}, {"date_fin": "2026-06-01"}, "date_fin"),
        ({"date_fin": "2026-06-01"}, {"date_debut": "2026-06-02"}, "date_debut"),
    ],
)
def test_a_project_does_not_end_before_it_begins(
    counter: Counter, kept: dict[str, str], typed: dict[str, str], field: str
) -> None:
    counter.open()
    edit(counter, "projet", kept)
    found = faults(counter, "projet", **typed)
    assert set(found) == {field}
    assert "finirait avant de commencer" in found[field]
    edit(counter, "projet", {"date_debut": "2026-06-01", "date_fin": "2026-06-01"})


def test_what_was_granted_is_not_more_than_what_is_asked(counter: Counter) -> None:
    counter.take_to("selectionne")
    pipeline = counter.engine.machine(counter.read()).pipeline
    counter.engine = engine_with(counter.engine, _editable_everywhere(pipeline))
    for typed in ("17 999,99", ""):
        found = faults(counter, "projet", montant_demande=typed)
        assert set(found) == {"montant_demande"}
        assert found["montant_demande"].startswith("18\u202f000\u00a0€ sont déjà accordés")
    edit(counter, "projet", {"montant_demande": "18 000"})


def _editable_everywhere(pipeline: Pipeline) -> Pipeline:
    stages = (
        stage.model_copy(update={"editable": {"projet": (CHARGE,)}}) for stage in pipeline.stages
    )
    return pipeline.model_copy(update={"stages": tuple(stages)})


# --- Two at once --------------------------------------------------------------------------------


def test_a_form_that_is_out_of_date_is_told_who_did_what_and_when(counter: Counter) -> None:
    counter.open()
    seen = counter.read().lock_version
    counter.wait(minutes=5)
    edit(counter, "projet", {"titre": "Le mien"}, ASSISTANT)
    counter.wait(minutes=5)
    with pytest.raises(Stale) as raised:
        edit(counter, "projet", {"titre": "Le tien"}, version=seen)
    assert raised.value.at == counter.now - timedelta(minutes=5)
    assert str(raised.value) == (
        "Modifié entre-temps par Assistant de Aide 34, "
        "12 mars 2026 à 10\u00a0h\u00a035 : Fiche modifiée. Relisez, puis recommencez si besoin."
    )
    assert counter.read().values["titre"] == "Le mien"
    edit(counter, "projet", {"titre": "Le tien"}, version=seen + 1)
    assert counter.read().values["titre"] == "Le tien"


def test_the_same_form_sent_twice_is_kept_once(counter: Counter) -> None:
    counter.open()
    seen = counter.read().lock_version
    for _ in range(2):
        edit(counter, "projet", {"titre": "Le mien"}, version=seen, key="formulaire-1")
    assert [line.event for line in counter.lines()] == ["ouverture", "fiche_modifiee"]
    edit(counter, "projet", {"titre": "Un autre"}, version=seen + 1)
    # The answer to the first was lost: sent again, it does not undo what came after.
    edit(counter, "projet", {"titre": "Le mien"}, version=seen, key="formulaire-1")
    edit(counter, "projet", {"titre": "Le mien"}, key="formulaire-1")
    assert counter.read().values["titre"] == "Un autre"


def test_a_key_serves_one_form_only(counter: Counter) -> None:
    first = counter.open()
    edit(counter, "projet", {"titre": "Le mien"}, key="formulaire-1")
    counter.open()
    with pytest.raises(KeyReused):
        edit(counter, "projet", {"titre": "Le tien"}, key="formulaire-1")
    counter.dossier = first
    with pytest.raises(KeyReused):
        counter.do("accueillir", rendez_vous="2026-03-20T10:30", key="formulaire-1")


# --- What follows -------------------------------------------------------------------------------


def test_echeances_that_hang_on_a_date_follow_it(counter: Counter) -> None:
    counter.take_to("suivi")
    planned = [each for each in counter.still_open() if each[0] == "bilan_final"]
    # −30, 0, +15 and +30 days around Monday the 3rd of May 2027, on working days.
    assert [each[2] for each in planned] == [
        date(2027, 4, 2),
        date(2027, 5, 3),
        date(2027, 5, 18),
        date(2027, 6, 2),
    ]
    pipeline = counter.engine.machine(counter.read()).pipeline
    counter.engine = engine_with(counter.engine, _editable_everywhere(pipeline))
    edit(counter, "projet", {"date_fin": "2027-06-07"})
    moved = [each for each in counter.still_open() if each[0] == "bilan_final"]
    assert [each[2] for each in moved] == [
        date(2027, 5, 7),
        date(2027, 6, 7),
        date(2027, 6, 22),
        date(2027, 7, 7),
    ]


def test_an_automatic_action_is_taken_with_the_answer_that_lets_it_pass(counter: Counter) -> None:
    microprojets = counter.engine.catalogue.latest("microprojets")
    assert microprojets is not None
    waiting = {"guards": ["fiche_complete(accueil)"], "roles": [], "automatic": True}
    actions = [
        action.model_validate({**action.model_dump(by_alias=True), **waiting})
        if action.key == "accompagner"
        else action
        for action in microprojets.pipeline.actions
    ]
    pipeline = microprojets.pipeline.model_copy(update={"actions": tuple(actions)})
    counter.engine = engine_with(counter.engine, pipeline)
    counter.open()
    counter.do("accueillir", rendez_vous="2026-03-20T10:30")
    counter.fill("accueil", sans_autre_aide_ue="")
    assert counter.read().stage == "accueil"
    edit(counter, "accueil", {"sans_autre_aide_ue": "oui"})
    assert counter.read().stage == "accompagnement"
    assert [line.event for line in counter.lines()[-2:]] == ["fiche_modifiee", "accompagner"]


def test_a_change_that_fails_afterwards_leaves_nothing(counter: Counter) -> None:
    counter.open(values={"titre": "Un jardin"})
    before = counter.read()
    with pytest.raises(RuntimeError, match="panne"):
        _edit_then_fail(counter)
    with counter.database.reading() as session:
        query = text("SELECT count(*) FROM journal WHERE subject_kind = 'dossier'")
        assert session.connection().execute(query).scalar() == 1
    assert counter.read().row == before.row


def _edit_then_fail(counter: Counter) -> None:
    with counter.database.unit_of_work() as session:
        asked = SheetEdit(counter.dossier, "projet", {"titre": "Autre"})
        edit_sheet(session, counter.engine, counter.charge, asked, counter.now)
        raise RuntimeError("panne")
