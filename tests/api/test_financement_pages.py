"""The plan de financement on the page of a dossier: its form, what comes back, its balance."""

from __future__ import annotations

import pytest

from grants.finances.form import MOST_LINES, name_of
from tests.builders.dossiers import Counter
from tests.builders.reading import hidden, landed, said
from tests.builders.shown_forms import shown_form
from tests.builders.visitors import Visitor


@pytest.fixture
def url(counter: Counter) -> str:
    """The plan of a project that costs 40 000 € and asks for 20 000 €."""
    counter.take_to("accompagnement")
    counter.fill("projet")
    return f"/dossiers/{counter.dossier}/financement"


def typed(amount: str = "20 000", **more: str) -> dict[str, str]:
    line = {"nature": "cofinanceur", "financeur": "Ville", "montant": amount, "etat": "obtenu"}
    amounts = {"cout_total": "40 000", "montant_demande": "20 000"}
    return {**amounts, **{name_of(1, part): value for part, value in line.items()}, **more}


def test_a_plan_is_written_and_the_guard_opens(charge: Visitor, counter: Counter, url: str) -> None:
    page = url.removesuffix("/financement")
    shown = charge.get(page)
    assert "il manque 20 000,00 €" in said(shown)
    assert 'href="?plan=modifier#plan"' in shown.text
    form = charge.get(f"{page}?plan=modifier")
    papers = {key: hidden(form, url, key) for key in ("lock_version", "idempotency_key")}
    answer = charge.post(url, {**typed(), **papers})
    assert answer.headers["location"] == f"{page}#plan"
    kept = landed(charge, answer)
    for expected in ("Le plan est équilibré, au centime près.", "Ville", "Cofinanceur", "Obtenu"):
        assert expected in kept
    assert "il manque 20 000,00 €" not in kept
    # Sent again by a restless hand: done once.
    assert charge.post(url, {**typed(), **papers}).status_code == 303
    events = [line.event for line in counter.lines()]
    assert events.count("plan_de_financement_modifie") == 1


def test_a_bad_amount_comes_back_with_what_was_typed(
    charge: Visitor, counter: Counter, url: str
) -> None:
    before = counter.read().lock_version
    answer = charge.post(url, typed("vingt mille", ligne_7_financeur="Région"))
    assert answer.status_code == 422
    form = shown_form(answer.text, url)
    assert form is not None
    assert form.error_at("ligne_1_montant").startswith("Écrivez un montant")
    assert form.error_at("ligne_7_montant") == "Ce champ est à renseigner."
    assert form.texts["ligne_1_montant"] == "vingt mille"
    assert form.texts["ligne_7_financeur"] == "Région"
    assert counter.read().lock_version == before


def test_a_line_is_added_and_taken_off_without_being_kept(charge: Visitor, url: str) -> None:
    longer = charge.post(url, typed(ajouter="1"))
    assert longer.status_code == 200
    form = shown_form(longer.text, url)
    assert form is not None
    assert form.texts["ligne_1_montant"] == "20 000"
    assert "ligne_2_montant" in form.names
    shorter = charge.post(url, typed(retirer="1"))
    form = shown_form(shorter.text, url)
    assert form is not None
    assert "ligne_1_montant" not in form.names
    assert charge.post(url, typed(retirer="²")).status_code == 303


def test_the_balance_is_told_while_it_is_typed(charge: Visitor, counter: Counter, url: str) -> None:
    told = [
        said(charge.post(f"{url}/solde", typed(amount)))
        for amount in ("18 750", "20 000", "20 000,01", "n'importe quoi")
    ]
    assert [sentence.strip() for sentence in told] == [
        "Il manque 1 250,00 € pour payer le coût total.",
        "Le plan est équilibré, au centime près.",
        "Il y a 0,01 € de trop : les ressources dépassent le coût total.",
        "Il manque 20 000,00 € pour payer le coût total.",
    ]
    assert [line.event for line in counter.lines()].count("plan_de_financement_modifie") == 0


def test_a_change_made_meanwhile_is_told_and_nothing_typed_is_lost(
    charge: Visitor, counter: Counter, url: str
) -> None:
    stale = str(counter.read().lock_version)
    counter.fill("projet", titre="Un autre titre")
    answer = charge.post(url, typed("19 999", lock_version=stale))
    assert answer.status_code == 409
    assert "Ce dossier a changé entre-temps" in said(answer)
    form = shown_form(answer.text, url)
    assert form is not None
    assert form.texts["ligne_1_montant"] == "19 999"


def test_a_plan_that_is_closed_meanwhile_shows_what_was_typed(
    charge: Visitor, counter: Counter, url: str
) -> None:
    counter.finance()
    counter.bring_pieces()
    counter.do("inscrire_cts", seance=str(counter.plan_seance()))
    answer = charge.post(url, typed("12 345"))
    assert answer.status_code == 409
    assert "ne se modifie plus" in said(answer)
    assert "12 345" in said(answer)
    assert charge.post(url, typed(ajouter="1")).status_code == 409


def test_the_lecteur_reads_the_plan_and_cannot_change_it(
    lecteur: Visitor, counter: Counter, url: str
) -> None:
    counter.finance()
    shown = lecteur.get(f"/dossiers/{counter.dossier}?plan=modifier")
    assert "mairie" in said(shown)
    assert shown_form(shown.text, url) is None
    assert lecteur.post(url, typed()).status_code == 403


def test_too_many_lines_are_told_above_the_table(charge: Visitor, url: str) -> None:
    many = {name_of(each, "montant"): "1" for each in range(1, 61)}
    answer = charge.post(url, {**typed(), **many})
    assert answer.status_code == 422
    assert f"Un plan tient en {MOST_LINES} lignes au plus" in said(answer)
    flood = {name_of(each, "montant"): "1" for each in range(1, 600)}
    assert charge.post(url, flood).status_code == 422


@pytest.mark.parametrize(
    "sent", [{"montant_cache": "1"}, {"ligne_0_montant": "1"}, {"ligne_1_total": "3"}]
)
def test_a_field_that_the_form_does_not_ask_is_refused(
    charge: Visitor, url: str, sent: dict[str, str]
) -> None:
    answer = charge.post(url, {**typed(), **sent})
    assert answer.status_code == 422
    assert next(iter(sent)) in answer.text
