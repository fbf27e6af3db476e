"""Who carries a dossier, and when he is met: their two forms."""

from __future__ import annotations

from grants.organisation.people import modify_personne
from grants.structures.service import create_structure
from tests.builders.dossiers import Counter
from tests.builders.offices import Office
from tests.builders.reading import hidden, said
from tests.builders.shown_forms import ShownForm, shown_form
from tests.builders.visitors import Answer, Visitor

PAPERS = ("lock_version", "personne_version")


def url_of(counter: Counter, what: str = "porteur") -> str:
    return f"/dossiers/{counter.dossier}/{what}"


def form_of(answer: Answer, url: str) -> ShownForm:
    form = shown_form(answer.text, url)
    assert form is not None
    return form


def papers(answer: Answer, url: str) -> dict[str, str]:
    return {name: hidden(answer, url, name) for name in PAPERS}


def typed(counter: Counter, **answers: str) -> dict[str, str]:
    """The form as it is shown, with some answers changed."""
    row = counter.read().row
    known = {key: row[f"porteur_{key}"] or "" for key in ("nom", "email", "telephone")}
    return {**known, "structure": str(row["structure_id"] or ""), **answers}


# --- The porteur --------------------------------------------------------------------------------


def test_the_form_shows_what_is_known_and_keeps_what_is_changed(
    charge: Visitor, counter: Counter
) -> None:
    counter.open()
    url = url_of(counter)
    shown = charge.get(url)
    assert shown.status_code == 200
    assert form_of(shown, url).texts["nom"] == "Ana Porteuse"
    answer = charge.post(url, typed(counter, nom="Ana Martin") | papers(shown, url))
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/dossiers/{counter.dossier}"
    assert "C'est enregistré." in said(charge.get(answer.headers["location"]))
    assert counter.read().row["porteur_nom"] == "Ana Martin"


def test_a_dossier_that_nobody_carries_is_given_a_porteur(
    charge: Visitor, counter: Counter
) -> None:
    counter.open(porteur_id=None, structure_id=None)
    url = url_of(counter)
    shown = charge.get(url)
    assert "personne_version" not in shown.text
    form = {"nom": "Bruno", "email": "", "telephone": "06 12 34 56 78", "structure": ""}
    version = hidden(shown, url, "lock_version")
    assert charge.post(url, {**form, "lock_version": version}).status_code == 303
    assert counter.read().row["porteur_nom"] == "Bruno"


def test_everything_to_mend_is_told_and_kept(charge: Visitor, counter: Counter) -> None:
    counter.open()
    url = url_of(counter)
    for structure in ("987654", "9" * 18):
        wrong = {"nom": "", "email": "ana", "telephone": "12", "structure": structure}
        answer = charge.post(url, wrong)
        assert answer.status_code == 422
        form = form_of(answer, url)
        assert all(form.error_at(name) for name in wrong)
        assert (form.texts["email"], form.texts["telephone"]) == ("ana", "12")
    for structure in ("abc", "-1", "9" * 19):
        answer = charge.post(url, typed(counter, nom="Autre", structure=structure))
        assert answer.status_code == 422
        assert form_of(answer, url).texts["nom"] == "Autre"
    assert counter.read().row["porteur_nom"] == "Ana Porteuse"


def test_who_comes_too_late_keeps_what_was_typed(charge: Visitor, counter: Counter) -> None:
    counter.open()
    url = url_of(counter)
    seen = papers(charge.get(url), url)
    counter.fill("projet")
    answer = charge.post(url, typed(counter, nom="Ana Martin") | seen)
    assert answer.status_code == 409
    assert "Fiche modifiée" in said(answer)
    assert form_of(answer, url).texts["nom"] == "Ana Martin"
    again = charge.post(url, typed(counter, nom="Ana Martin") | papers(answer, url))
    assert again.status_code == 303


def test_a_porteur_changed_from_elsewhere_is_not_overwritten(
    charge: Visitor, counter: Counter
) -> None:
    counter.open()
    url = url_of(counter)
    form = typed(counter, nom="Ana Martin") | papers(charge.get(url), url)
    row = counter.read().row
    with counter.database.unit_of_work() as session:
        known = {"nom": "Ana Porteuse", "email": row["porteur_email"], "telephone": "0612345678"}
        modify_personne(session, counter.charge, row["porteur_id"], known, counter.now)
    answer = charge.post(url, form)
    assert answer.status_code == 409
    assert "Coordonnées modifiées" in said(answer)
    assert form_of(answer, url).texts["nom"] == "Ana Martin"
    assert counter.read().row["porteur_telephone"] is not None


def test_structures_are_those_of_ones_own_organisme(
    charge: Visitor, counter: Counter, other_office: Office
) -> None:
    theirs = Counter(counter.database, counter.engine, other_office)
    with counter.database.unit_of_work() as session:
        foreign = create_structure(session, theirs.charge, {"nom": "Ailleurs"}, counter.now)
        mine = create_structure(session, counter.charge, {"nom": "Le Relais"}, counter.now)
    counter.open()
    url = url_of(counter)
    assert "Le Relais" in charge.get(url).text
    assert "Ailleurs" not in charge.get(url).text
    assert charge.post(url, typed(counter, structure=str(foreign))).status_code == 422
    assert charge.post(url, typed(counter, structure=str(mine))).status_code == 303
    assert counter.read().row["structure_nom"] == "Le Relais"


def test_forms_are_for_those_who_write_in_that_organisme(
    charge: Visitor, lecteur: Visitor, counter: Counter, other_office: Office
) -> None:
    mine = counter.open()
    theirs = Counter(counter.database, counter.engine, other_office).open()
    for what, form in (
        ("porteur", {"nom": "Autre", "structure": ""}),
        ("rendez-vous", {"rendez_vous": "2026-04-02T14:00"}),
    ):
        assert lecteur.post(f"/dossiers/{mine}/{what}", form).status_code == 403
        for id in (theirs, 987_654):
            assert charge.post(f"/dossiers/{id}/{what}", form).status_code == 404
    assert lecteur.get(url_of(counter)).status_code == 403
    assert charge.get(f"/dossiers/{theirs}/porteur").status_code == 404


# --- Appointments -------------------------------------------------------------------------------


def test_an_appointment_is_fixed_once_and_shown(charge: Visitor, counter: Counter) -> None:
    counter.take_to("accueil")
    url = url_of(counter, "rendez-vous")
    key = hidden(charge.get(f"/dossiers/{counter.dossier}"), url, "idempotency_key")
    form = {"rendez_vous": "2026-04-02T14:00", "lieu_rendez_vous": "À Lunel"}
    for _ in range(2):
        answer = charge.post(url, {**form, "idempotency_key": key})
        assert answer.status_code == 303
    assert [line.event for line in counter.lines()].count("rendez_vous_fixe") == 1
    shown = said(charge.get(answer.headers["location"]))
    assert "Rendez-vous enregistré." in shown
    assert "À Lunel" in shown
    # The story tells it in words, in a dispositif that has no such question too.
    assert "2 avril 2026 à 14 h" in shown
    counter.open("iae_structures")
    assert charge.post(url_of(counter, "rendez-vous"), form).status_code == 303
    shown = said(charge.get(f"/dossiers/{counter.dossier}"))
    assert "2 avril 2026 à 14 h" in shown
    assert "Z" not in shown.split("Rendez-vous fixé", 1)[1][:200]


def test_an_appointment_to_mend_stays_in_its_form(charge: Visitor, counter: Counter) -> None:
    counter.take_to("accueil")
    url = url_of(counter, "rendez-vous")
    wrong = {"rendez_vous": "2026-02-30T10:00", "lieu_rendez_vous": "À Lunel"}
    answer = charge.post(url, wrong)
    assert answer.status_code == 422
    form = form_of(answer, url)
    assert form.texts["lieu_rendez_vous"] == "À Lunel"
    assert form.error_at("rendez_vous").startswith("Cette date n")


def test_a_dossier_that_ended_takes_no_appointment(charge: Visitor, counter: Counter) -> None:
    counter.open()
    counter.do("classer_sans_suite", reason="Sans nouvelles.")
    url = url_of(counter, "rendez-vous")
    assert shown_form(charge.get(f"/dossiers/{counter.dossier}").text, url) is None
    answer = charge.post(url, {"rendez_vous": "2026-04-02T14:00"})
    assert answer.status_code == 409
    assert "Ce dossier est à son terme (« Sans suite »)" in said(answer)
