"""The page of a dossier: what it shows, what each form of it does, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from grants.organisation.tables import Adhesion
from tests.builders.counting import statements_of
from tests.builders.dossiers import ACCUEIL, Counter
from tests.builders.offices import Office
from tests.builders.reading import hidden, landed, links, said
from tests.builders.shown_forms import shown_form, shown_forms
from tests.builders.visitors import Answer, Visitor
from workflow.database import LARGEST_ID, table_of


@pytest.fixture
def direction(new_visitor: Callable[..., Visitor], office: Office) -> Visitor:
    return new_visitor().enter(office.people["direction"], office.id)


@pytest.fixture
def assistant(new_visitor: Callable[..., Visitor], office: Office) -> Visitor:
    return new_visitor().enter(office.people["assistant"], office.id)


def address(counter: Counter, *parts: str) -> str:
    return "/".join([f"/dossiers/{counter.dossier}", *parts])


def papers(shown: Answer, action: str) -> dict[str, str]:
    """What a form of a page sends beside its answers."""
    return {name: hidden(shown, action, name) for name in ("lock_version", "idempotency_key")}


# --- What is shown ------------------------------------------------------------------------------


def test_a_new_dossier_and_a_full_one_are_shown_whole(charge: Visitor, counter: Counter) -> None:
    counter.open(porteur_id=None, structure_id=None, referent_id=None)
    shown = charge.get(address(counter))
    assert shown.status_code == 200
    for expected in ("MP-2026-001", "Projet sans titre", "Personne encore", "À compléter"):
        assert expected in said(shown)
    counter.take_to("clos")
    shown = charge.get(address(counter))
    assert shown.status_code == 200
    for expected in (
        "Un jardin partagé",
        "Les Jardins du Lez",
        "Ana Porteuse",
        "20 000 €",
        "18 000 €",
        "Plafond 23 000 € sur l'aide",
        "Votre dossier est soldé",
    ):
        assert expected in said(shown), expected


@pytest.mark.parametrize(
    "stage", ["contact", "accueil", "accompagnement", "cts", "selectionne", "suivi", "bilan"]
)
def test_every_stage_is_shown_to_everybody(
    charge: Visitor, lecteur: Visitor, direction: Visitor, counter: Counter, stage: str
) -> None:
    counter.take_to(stage)
    for visitor in (charge, lecteur, direction):
        shown = visitor.get(address(counter))
        assert shown.status_code == 200
        forms = [form.action for form in shown_forms(shown.text) if "/dossiers/" in form.action]
        assert bool(forms) == (visitor is not lecteur)
    assert lecteur.get(address(counter) + "?fiche=projet").status_code == 200
    assert shown_form(lecteur.get(address(counter) + "?fiche=projet").text, "fiches") is None


def test_the_story_may_show_the_moves_only(charge: Visitor, counter: Counter) -> None:
    counter.take_to("accueil")
    counter.fill("projet")
    told = "Fiche projet : mise à jour"
    assert told in said(charge.get(address(counter)))
    moves = charge.get(address(counter) + "?journal=mouvements")
    assert moves.status_code == 200
    assert told not in said(moves)


def test_every_fact_of_the_journal_is_told_in_words(charge: Visitor, counter: Counter) -> None:
    other = counter.open("dla_collectif")
    reference = counter.read(other).row["reference"]
    for pipeline in counter.engine.catalogue.current():
        counter.open(pipeline.key)
        assistant = str(counter.office.people["assistant"].id)
        for what, form in (
            ("porteur", {"nom": "Ana Martin", "email": "", "telephone": "", "structure": ""}),
            ("referent", {"referent": assistant}),
            ("liens", {"reference": reference}),
            ("rendez-vous", {"rendez_vous": "2026-04-02T14:00", "lieu_rendez_vous": "À Lunel"}),
            ("notes", {"texte": "Rappeler lundi."}),
        ):
            assert charge.post(address(counter, what), form).status_code == 303, what
        shown = charge.get(address(counter))
        assert shown.status_code == 200
        for expected in (
            "Porteur modifié",
            "Ana Martin",
            "Référent changé",
            "Chargé de mission de Aide 34",
            "Dossier lié",
            reference,
            "Rendez-vous fixé",
            "2 avril 2026 à 14 h",
            "Rappeler lundi.",
        ):
            assert expected in said(shown), (pipeline.key, expected)


def test_a_referent_who_left_is_still_named(charge: Visitor, counter: Counter) -> None:
    counter.open(referent_id=counter.office.people["assistant"].id)
    table = table_of(Adhesion)
    with counter.database.unit_of_work() as session:
        gone = table.c.compte_id == counter.office.people["assistant"].id
        session.connection().execute(update(table).where(gone).values(active=False))
    assert "Assistant de Aide 34" in said(charge.get(address(counter)))


def test_a_page_costs_as_many_statements_whatever_happened(
    charge: Visitor, counter: Counter
) -> None:
    counter.open()
    counts = []
    for _ in range(2):
        for n in range(6):
            counter.fill("projet", titre=f"Titre {n}")
        with statements_of(counter.database) as sent:
            assert charge.get(address(counter)).status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_neither_another_organismes_dossier_nor_none_at_all_is_found(
    charge: Visitor, counter: Counter, other_office: Office
) -> None:
    theirs = Counter(counter.database, counter.engine, other_office).open()
    for id in (theirs, 987_654, 0, LARGEST_ID, LARGEST_ID + 1, "abc", "-1"):
        assert charge.get(f"/dossiers/{id}").status_code == 404
        for what, form in (
            ("actions/accueillir", {}),
            ("fiches/projet", {"titre": "Autre"}),
            ("notes", {"texte": "Non."}),
            ("referent", {"referent": ""}),
            ("liens", {"reference": "MP-2026-001"}),
            ("rendez-vous", {"rendez_vous": "2026-04-02T14:00"}),
        ):
            assert charge.post(f"/dossiers/{id}/{what}", form).status_code == 404, (id, what)


def test_a_dossier_that_has_waited_too_long_says_so(charge: Visitor, counter: Counter) -> None:
    counter.now -= timedelta(days=60)
    counter.open()
    assert "Sans mouvement depuis plus de 15 jours ouvrés" in said(charge.get(address(counter)))


# --- Actions ------------------------------------------------------------------------------------


def test_an_action_is_done_told_and_not_done_twice(charge: Visitor, counter: Counter) -> None:
    counter.open()
    url = address(counter, "actions", "accueillir")
    form = papers(charge.get(address(counter)), url) | {"rendez_vous": "2026-03-20T10:30"}
    told = landed(charge, charge.post(url, form))
    assert "Rendez-vous d'accueil fixé. Un courrier est préparé." in told
    assert counter.read().stage == "accueil"
    told = landed(charge, charge.post(url, form))
    assert "C'était déjà fait : rien n'a été enregistré deux fois." in told
    assert len(counter.lines()) == 2


def test_a_form_to_mend_comes_back_with_what_was_typed(charge: Visitor, counter: Counter) -> None:
    counter.open()
    url = address(counter, "actions", "accueillir")
    answer = charge.post(url, {"rendez_vous": "demain matin", "lieu_rendez_vous": "À Lunel"})
    assert answer.status_code == 422
    form = shown_form(answer.text, url)
    assert form is not None
    assert form.texts["lieu_rendez_vous"] == "À Lunel"
    assert form.texts["rendez_vous"] == "demain matin"
    assert form.error_at("rendez_vous").startswith("Écrivez une date et une heure")
    assert counter.read().stage == "contact"


def test_a_refusal_tells_every_reason_and_keeps_what_was_typed(
    charge: Visitor, counter: Counter
) -> None:
    counter.now -= timedelta(days=30)
    counter.take_to("cts")
    url = address(counter, "actions", "selectionner")
    answer = charge.post(url, {"montant_accorde": "30 000"})
    assert answer.status_code == 409
    assert "dépasse le plafond de 23 000 €" in said(answer)
    assert "dépasse le montant demandé (20 000 €)" in said(answer)
    form = shown_form(answer.text, url)
    assert form is not None
    assert form.texts["montant_accorde"] == "30 000"


def test_an_action_that_is_refused_outright_keeps_what_was_typed_in_sight(
    charge: Visitor, counter: Counter
) -> None:
    counter.take_to("cts")
    url = address(counter, "actions", "ajourner")
    typed = {"motif": "Il manque un devis.", "complements_attendus": "Trois devis\net un plan."}
    answer = charge.post(url, typed)
    assert answer.status_code == 409
    assert "La séance n'a pas encore eu lieu" in said(answer)
    assert shown_form(answer.text, url) is None
    assert "Ce que vous aviez écrit" in said(answer)
    assert "Il manque un devis." in said(answer)
    assert "Trois devis et un plan." in said(answer)


def test_who_comes_too_late_is_told_who_came_first_and_keeps_what_was_typed(
    charge: Visitor, counter: Counter
) -> None:
    counter.open()
    url = address(counter, "actions", "accueillir")
    form = papers(charge.get(address(counter)), url)
    counter.fill("projet")
    answer = charge.post(
        url, {**form, "rendez_vous": "2026-03-20T10:30", "lieu_rendez_vous": "Ici"}
    )
    assert answer.status_code == 409
    assert "Modifié par Chargé de mission de Aide 34" in said(answer)
    assert "votre saisie est encore dans le formulaire" in said(answer)
    again = shown_form(answer.text, url)
    assert again is not None
    assert again.texts["lieu_rendez_vous"] == "Ici"
    # Sent again as it came back, it is taken.
    retry = papers(answer, url) | {"rendez_vous": "2026-03-20T10:30"}
    assert charge.post(url, retry).status_code == 303


def test_a_form_whose_action_is_gone_meanwhile_keeps_what_was_typed_in_sight(
    charge: Visitor, counter: Counter
) -> None:
    counter.open()
    url = address(counter, "actions", "accueillir")
    form = papers(charge.get(address(counter)), url)
    counter.do("classer_sans_suite", reason="Sans nouvelles.")
    typed = {"rendez_vous": "2026-03-20T10:30", "lieu_rendez_vous": "Au café du port"}
    answer = charge.post(url, {**form, **typed})
    assert answer.status_code == 409
    assert "votre saisie est encore dans le formulaire" not in said(answer)
    assert "Lieu Au café du port" in said(answer)
    # Without the version that was seen, the stage itself is the reason.
    answer = charge.post(url, typed)
    assert answer.status_code == 409
    assert "Ce n'est pas une action de l'étape « Sans suite »." in said(answer)
    assert "Lieu Au café du port" in said(answer)


def test_an_action_that_does_not_exist_is_not_found(charge: Visitor, counter: Counter) -> None:
    counter.open()
    assert charge.post(address(counter, "actions", "inconnue"), {}).status_code == 404


def test_a_question_that_was_not_asked_is_refused(charge: Visitor, counter: Counter) -> None:
    counter.open()
    typed = {"rendez_vous": "2026-03-20T10:30", "couleur": "vert"}
    answer = charge.post(address(counter, "actions", "accueillir"), typed)
    assert answer.status_code == 422
    assert counter.read().stage == "contact"


# --- Sheets -------------------------------------------------------------------------------------


def test_a_sheet_opens_as_a_form_and_is_kept(charge: Visitor, counter: Counter) -> None:
    counter.open()
    shown = charge.get(address(counter))
    url = address(counter, "fiches", "projet")
    assert shown_form(shown.text, url) is None
    edit = next(to for _, to in links(shown) if "?fiche=projet" in to)
    assert edit == f"/dossiers/{counter.dossier}?fiche=projet#fiche-projet"
    form = papers(charge.get(edit), url)
    answer = charge.post(url, {**form, "titre": "Deux jardins", "montant_demande": "12 500"})
    assert answer.headers["location"] == f"/dossiers/{counter.dossier}#fiche-projet"
    assert "C'est enregistré." in landed(charge, answer)
    assert counter.read().values["montant_demande"] == 1_250_000
    # A second click on the same form.
    answer = charge.post(url, {**form, "titre": "Deux jardins", "montant_demande": "12 500"})
    assert answer.status_code == 303
    assert len(counter.lines()) == 2


def test_a_sheet_to_mend_comes_back_with_what_was_typed(charge: Visitor, counter: Counter) -> None:
    counter.open()
    url = address(counter, "fiches", "projet")
    typed = {"titre": "Deux jardins", "montant_demande": "beaucoup", "objet": "Une\nligne"}
    answer = charge.post(url, typed)
    assert answer.status_code == 422
    form = shown_form(answer.text, url)
    assert form is not None
    assert (form.texts["titre"], form.texts["montant_demande"]) == ("Deux jardins", "beaucoup")
    assert form.texts["objet"].split() == ["Une", "ligne"]
    assert form.error_at("montant_demande")
    assert counter.read().values["titre"] is None


def test_a_sheet_out_of_date_is_kept_in_its_form(charge: Visitor, counter: Counter) -> None:
    counter.open()
    url = address(counter, "fiches", "projet")
    form = papers(charge.get(address(counter) + "?fiche=projet"), url)
    counter.fill("projet")
    answer = charge.post(url, {**form, "titre": "Le mien"})
    assert answer.status_code == 409
    assert "Fiche modifiée" in said(answer)
    again = shown_form(answer.text, url)
    assert again is not None
    assert again.texts["titre"] == "Le mien"
    retry = papers(answer, url) | {"titre": "Le mien"}
    assert charge.post(url, retry).status_code == 303
    assert counter.read().values["titre"] == "Le mien"


def test_a_sheet_closed_meanwhile_keeps_what_was_typed_in_sight(
    charge: Visitor, counter: Counter
) -> None:
    counter.take_to("accompagnement")
    url = address(counter, "fiches", "accueil")
    form = papers(charge.get(address(counter) + "?fiche=accueil"), url)
    counter.do("classer_sans_suite", reason="Sans nouvelles.")
    typed = {**ACCUEIL, "compte_rendu": "Trois pages\nde notes.", "statut_ess": "non"}
    for papers_sent in (form, {}):
        answer = charge.post(url, {**papers_sent, **typed})
        assert answer.status_code == 409
        assert shown_form(answer.text, url) is None
        assert "Compte rendu Trois pages de notes." in said(answer)
        assert "économie sociale et solidaire Non" in said(answer)
        assert "votre saisie est encore dans le formulaire" not in said(answer)
    assert "« Compte rendu d'accueil » ne se modifie plus à l'étape « Sans suite »" in said(answer)
    assert counter.read().values["statut_ess"] is True


def test_what_others_may_do_says_what_it_still_waits_for(
    assistant: Visitor, new_visitor: Callable[..., Visitor], office: Office, counter: Counter
) -> None:
    counter.take_to("accompagnement")
    lecteur = new_visitor().enter(office.people["lecteur"], office.id)
    for reader, mends in ((assistant, True), (lecteur, False)):
        shown = reader.get(f"/dossiers/{counter.dossier}").text
        reserved = shown.partition('<div class="reserved">')[2].partition("</section>")[0]
        assert "Inscrire au comité" in reserved
        assert "Pièce manquante" in reserved
        assert ("Corriger</a>" in reserved) is mends


def test_a_sheet_reserved_to_others_says_so_and_changes_nothing(
    assistant: Visitor, counter: Counter
) -> None:
    counter.take_to("accueil")
    answer = assistant.post(address(counter, "fiches", "accueil"), {"compte_rendu": "À moi."})
    assert answer.status_code == 409
    assert "est réservée, à cette étape, à d'autres rôles que le vôtre" in said(answer)
    assert "À moi." in said(answer)
    assert counter.read().values.get("compte_rendu") is None
    assert assistant.post(address(counter, "fiches", "inconnue"), {}).status_code == 404
