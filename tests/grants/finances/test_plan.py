"""A plan de financement: read strictly, kept whole, told in the journal, balanced to the cent."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from grants.finances.form import MOST_LINES, WHOLE, name_of
from grants.finances.plan import Plan
from grants.finances.queries import known_funders, plan_of
from grants.finances.service import PlanClosed, PlanEdit, edit_plan
from grants.finances.tables import Financement
from grants.finances.vocabulary import WHERE
from grants.organisation.identity import ReadOnly
from grants.structures.service import create_structure
from tests.builders.dossiers import Counter
from workflow.database import table_of
from workflow.errors import Invalid, KeyReused, NotFound, Stale

FINANCEMENTS = table_of(Financement)


def form(*lines: tuple[str, str, str, str], **amounts: str) -> dict[str, str]:
    """(nature, financeur, montant, etat) for each line, as the form brings them."""
    sent = dict(amounts)
    for number, line in enumerate(lines, start=1):
        for part, value in zip(("nature", "financeur", "montant", "etat"), line, strict=True):
            sent[name_of(number, part)] = value
    return sent


def funder(
    name: str = "Ville", amount: str = "20 000", state: str = "obtenu"
) -> tuple[str, str, str, str]:
    return ("cofinanceur", name, amount, state)


def write(
    counter: Counter,
    sent: dict[str, str],
    by: str = "charge_de_mission",
    version: int | None = None,
    key: str | None = None,
) -> Plan:
    with counter.database.unit_of_work() as session:
        edit = PlanEdit(counter.dossier, sent, version, key)
        return edit_plan(session, counter.engine, counter.office.identity(by), edit, counter.now)


def kept(counter: Counter) -> Plan:
    with counter.database.reading() as session:
        return plan_of(session.connection(), counter.read())


def faults(counter: Counter, sent: dict[str, str]) -> dict[str, str]:
    before = counter.read().lock_version
    with pytest.raises(Invalid) as caught:
        write(counter, sent)
    assert (counter.read().lock_version, kept(counter).lines) == (before, ())
    return caught.value.faults


def gap(counter: Counter) -> list[str]:
    refusals = counter.offers()["inscrire_cts"].refusals
    return [each.message for each in refusals if each.field == WHERE]


def test_a_plan_is_kept_whole_and_in_order(counter: Counter) -> None:
    sent = form(
        funder("Région", "12 000,50"),
        ("fonds_propres", "", "7 999,50", "demande"),
        funder("Fondation", "5 000", "refuse"),
    )
    write(counter, sent)
    plan = kept(counter)
    assert [(line.financeur, line.montant, line.etat) for line in plan.lines] == [
        ("Région", 1_200_050, "obtenu"),
        ("Fonds propres", 799_950, "demande"),
        ("Fondation", 500_000, "refuse"),
    ]
    assert (plan.cost, plan.asked, plan.gap) == (4_000_000, 2_000_000, 0)
    assert plan.words == "Le plan est équilibré, au centime près."


def test_the_two_amounts_stand_on_the_dossier_alone(counter: Counter) -> None:
    write(counter, form(funder(amount="9 000"), cout_total="30 000", montant_demande="21 000"))
    values = counter.read().values
    assert (values["cout_total"], values["montant_demande"]) == (3_000_000, 2_100_000)
    counter.fill("projet", cout_total="30 000", montant_demande="20 500")
    assert kept(counter).gap == 50_000
    write(counter, form(funder(amount="9 500")))
    assert (kept(counter).cost, kept(counter).gap) == (3_000_000, 0)


def test_a_line_left_empty_is_no_line(counter: Counter) -> None:
    write(counter, form(("cofinanceur", " ", "", "demande"), funder()))
    assert [line.financeur for line in kept(counter).lines] == ["Ville"]
    write(counter, form(("cofinanceur", "", "", "demande")))
    assert kept(counter).lines == ()


def test_the_move_to_the_comite_waits_for_the_balance_to_the_cent(counter: Counter) -> None:
    assert gap(counter) == [
        "Plan de financement : il manque 20\u202f000,00\u00a0€ (coût 40\u202f000\u00a0€,"
        " ressources 20\u202f000\u00a0€)."
    ]
    write(counter, form(funder(amount="20 000,01")))
    assert "il y a 0,01\u00a0€ de trop" in gap(counter)[0]
    write(counter, form(funder(), funder("Région", "1 250", "refuse")))
    assert gap(counter) == []
    write(counter, form(funder(state="refuse")))
    assert "il manque 20\u202f000,00\u00a0€" in gap(counter)[0]
    counter.finance()
    counter.bring_pieces()
    counter.do("inscrire_cts", seance=str(counter.plan_seance()))
    assert counter.read().stage == "cts"


def test_every_reason_is_told_at_once(counter: Counter) -> None:
    counter.fill("projet", montant_demande="25 000")
    counter.plan_seance()
    counter.bring_pieces()
    told = counter.refusals("inscrire_cts", seance=str(counter.seance))
    assert [sentence.split(":")[0].strip()[:20] for sentence in told] == [
        "L'aide demandée (25\u202f",
        "Plan de financement",
    ]


@pytest.mark.parametrize("amount", ["0", "-5", "vingt", "1e3", "1.234,50", "NaN", "9" * 30, "٢٣"])
def test_a_bad_amount_is_told_beside_its_field(counter: Counter, amount: str) -> None:
    sent = form(funder(amount=amount), cout_total=amount, montant_demande=amount)
    assert set(faults(counter, sent)) == {name_of(1, "montant"), "cout_total", "montant_demande"}


def test_what_is_missing_or_unknown_on_a_line_is_told(counter: Counter) -> None:
    sent = form(("mecene", "", "10", "promis"), ("", "Ville", "", ""))
    assert set(faults(counter, sent)) == {
        *(name_of(1, part) for part in ("nature", "financeur", "etat")),
        *(name_of(2, part) for part in ("nature", "montant", "etat")),
    }
    assert set(faults(counter, {"montant_cache": "1", "ligne_0_montant": "1"})) == {
        *("montant_cache", "ligne_0_montant"),
    }


def test_the_same_funder_twice_is_refused(counter: Counter) -> None:
    sent = form(funder("Région"), funder("RÉGION", "10", "refuse"))
    assert list(faults(counter, sent)) == [name_of(2, "financeur")]


def test_five_hundred_lines_are_refused_in_one_sentence(counter: Counter) -> None:
    sent = form(*(funder(f"Financeur {number}", "1") for number in range(500)))
    assert faults(counter, sent) == {
        WHOLE: f"Un plan tient en {MOST_LINES} lignes au plus : regroupez les plus petites."
    }
    write(counter, form(*(funder(f"Financeur {number}", "1") for number in range(MOST_LINES))))
    assert len(kept(counter).lines) == MOST_LINES


def test_the_journal_tells_each_line_before_and_after(counter: Counter) -> None:
    write(counter, form(funder("Ville", "20 000", "demande")))
    write(counter, form(funder("Région", "20 000"), cout_total="40 000"))
    line = counter.lines()[-1]
    assert line.event == "plan_de_financement_modifie"
    assert line.content["changements"] == {
        "Financement : Région": {"avant": None, "apres": "20\u202f000\u00a0€, obtenu"},
        "Financement : Ville": {"avant": "20\u202f000\u00a0€, demandé", "apres": None},
    }
    assert [each["financeur"] for each in line.content["lignes"]["apres"]] == ["Région"]
    seq = line.seq
    write(counter, form(funder("Région", "20 000")))
    assert counter.lines()[-1].seq == seq


def test_a_form_sent_twice_is_kept_once_and_an_old_one_is_stale(counter: Counter) -> None:
    version = counter.read().lock_version
    for _ in range(2):
        write(counter, form(funder()), version=version, key="la-meme-cle")
    assert [line.event for line in counter.lines()].count("plan_de_financement_modifie") == 1
    with pytest.raises(Stale):
        write(counter, form(funder("Région")), version=version)
    with pytest.raises(KeyReused):
        counter.do("classer_sans_suite", reason="Abandon.", key="la-meme-cle")


def test_the_plan_is_changed_where_the_project_sheet_is(counter: Counter) -> None:
    counter.finance()
    counter.bring_pieces()
    counter.do("inscrire_cts", seance=str(counter.plan_seance()))
    with pytest.raises(PlanClosed, match=r"étape « Comité"):
        write(counter, form(funder()))
    counter.open()
    with pytest.raises(ReadOnly):
        write(counter, form(funder()), by="lecteur")
    write(counter, form(funder()), by="assistant")


def test_a_pipeline_without_money_has_no_plan(counter: Counter) -> None:
    counter.open("iae_structures")
    with pytest.raises(NotFound):
        write(counter, form(funder()))


def test_a_dossier_of_another_organisme_has_no_plan(counter: Counter, other_office: object) -> None:
    counter.dossier += 1000
    with pytest.raises(NotFound):
        write(counter, form(funder()))


def test_a_funder_is_tied_to_the_structure_that_alone_bears_its_name(counter: Counter) -> None:
    with counter.database.unit_of_work() as session:
        ids = [
            create_structure(session, counter.charge, {"nom": name}, counter.now)
            for name in ("Fondation du Lez", "Ville", "Ville")
        ]
    write(counter, form(funder("fondation du lez", "1"), funder("Ville", "2")))
    assert [line.structure_id for line in kept(counter).lines] == [ids[0], None]
    with counter.database.reading() as session:
        names = known_funders(session.connection(), counter.office.id)
    assert sorted(names) == ["Ville", "fondation du lez"]


def test_an_amount_granted_already_is_never_undercut(counter: Counter) -> None:
    with counter.database.unit_of_work() as session:
        session.connection().execute(text("UPDATE dossier SET montant_accorde = 1500000"))
    assert list(faults(counter, form(montant_demande="14 999,99"))) == ["montant_demande"]


@pytest.mark.parametrize(
    "wrong", [{"montant": 0}, {"montant": -1}, {"nature": "don"}, {"etat": "promis"}, {"rang": 0}]
)
def test_the_database_refuses_what_no_form_lets_pass(
    counter: Counter, wrong: dict[str, object]
) -> None:
    row = {
        "organisme_id": counter.office.id,
        "dossier_id": counter.dossier,
        "rang": 1,
        "nature": "cofinanceur",
        "financeur": "Ville",
        "montant": 100,
        "etat": "obtenu",
        **wrong,
    }
    with pytest.raises(IntegrityError), counter.database.unit_of_work() as session:
        session.connection().execute(insert(FINANCEMENTS).values(row))
