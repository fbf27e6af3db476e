"""What stands beside a dossier: notes, the referent, links, each with its small form."""

from __future__ import annotations

from tests.builders.dossiers import Counter
from tests.builders.reading import hidden, landed, link, said
from tests.builders.shown_forms import shown_form
from tests.builders.visitors import Visitor


def address(counter: Counter, *parts: str) -> str:
    return "/".join([f"/dossiers/{counter.dossier}", *parts])


def test_a_note_is_added_once_and_shown(charge: Visitor, counter: Counter) -> None:
    counter.open()
    url = address(counter, "notes")
    key = hidden(charge.get(address(counter)), url, "idempotency_key")
    for _ in range(2):
        answer = charge.post(url, {"texte": "Rappeler lundi.", "idempotency_key": key})
    assert "Note ajoutée." in landed(charge, answer)
    assert landed(charge, answer).count("Rappeler lundi.") <= 2
    assert [line.event for line in counter.lines()] == ["ouverture", "note_ajoutee"]


def test_a_note_that_cannot_be_kept_stays_in_its_form(charge: Visitor, counter: Counter) -> None:
    counter.open()
    url = address(counter, "notes")
    answer = charge.post(url, {"texte": "x" * 5001})
    assert answer.status_code == 422
    form = shown_form(answer.text, url)
    assert form is not None
    assert form.texts["texte"] == "x" * 5001
    assert "5001 caractères" in form.error_at("texte")


def test_the_referent_is_changed_in_one_click(charge: Visitor, counter: Counter) -> None:
    counter.open()
    url = address(counter, "referent")
    version = hidden(charge.get(address(counter)), url, "lock_version")
    chosen = str(counter.office.people["assistant"].id)
    form = {"referent": chosen, "lock_version": version}
    assert "Référent enregistré." in landed(charge, charge.post(url, form))
    assert counter.read().row["referent_id"] == int(chosen)
    # Clicked twice, or asked of somebody else meanwhile.
    assert charge.post(url, form).status_code == 303
    late = charge.post(url, {"referent": "", "lock_version": version})
    assert late.status_code == 409
    assert "votre saisie est encore dans le formulaire" not in said(late)


def test_a_referent_who_is_not_a_colleague_is_refused(charge: Visitor, counter: Counter) -> None:
    counter.open()
    for typed in ("abc", "-1", "0", "987654", "9" * 18, "9" * 19, "9" * 40, "٣"):
        answer = charge.post(address(counter, "referent"), {"referent": typed})
        assert answer.status_code == 422
        assert "Choisissez un collègue dans la liste." in said(answer)


def test_two_dossiers_are_tied_and_lead_to_each_other(charge: Visitor, counter: Counter) -> None:
    other = counter.open("dla_individuel")
    reference = counter.read().row["reference"]
    counter.open()
    url = address(counter, "liens")
    answer = charge.post(url, {"reference": reference})
    assert "Dossiers liés." in landed(charge, answer)
    assert link(charge.get(address(counter)), "Projet sans titre") == f"/dossiers/{other}"
    again = charge.post(url, {"reference": f" {reference} "})
    assert again.status_code == 422
    form = shown_form(again.text, url)
    assert form is not None
    assert form.texts["reference"].strip() == reference
    assert form.error_at("reference") == "Ces deux dossiers sont déjà liés."
