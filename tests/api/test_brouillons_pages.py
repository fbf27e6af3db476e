"""Drafts on the page of a dossier: taken up again, told, dropped; who else is at it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.builders.dossiers import Counter
from tests.builders.offices import Office
from tests.builders.reading import hidden, said
from tests.builders.visitors import Answer, Clock, Visitor

TEXT = "Une équipe de trois, un local trouvé."


@pytest.fixture
def dossier(counter: Counter, clock: Clock) -> str:
    """The page of a dossier whose accueil is to be written up."""
    id = counter.take_to("accueil")
    clock.now = counter.now
    return f"/dossiers/{id}"


@pytest.fixture
def assistant(new_visitor: Callable[..., Visitor], office: Office) -> Visitor:
    """The assistante, signed in."""
    return new_visitor().enter(office.people["assistant"], office.id)


def papers(visitor: Visitor, dossier: str, sheet: str = "accueil") -> dict[str, str]:
    """What the form of a sheet carries."""
    shown = visitor.get(f"{dossier}?fiche={sheet}")
    action = f"{dossier}/fiches/{sheet}"
    return {name: hidden(shown, action, name) for name in ("idempotency_key", "lock_version")}


def keep(visitor: Visitor, dossier: str, form: str = "fiche-accueil", **typed: str) -> Answer:
    return visitor.post(f"{dossier}/brouillons/{form}", typed or {"compte_rendu": TEXT})


def test_a_draft_is_shown_again_in_its_form(charge: Visitor, dossier: str) -> None:
    answer = keep(charge, dossier)
    assert (answer.status_code, answer.json()["presents"]) == (200, "")
    assert answer.json()["brouillon"].startswith("Brouillon gardé à ")
    assert "n'est pas enregistré. Le reprendre" in said(charge.get(dossier))
    assert TEXT not in charge.get(dossier).text
    shown = charge.get(f"{dossier}?fiche=accueil")
    assert "Brouillon du 12 mars à 10 h 30 repris — l'effacer" in said(shown)
    assert TEXT in shown.text
    assert "Le dossier a changé depuis" not in said(shown)


def test_a_reason_half_written_is_shown_again_unfolded(charge: Visitor, dossier: str) -> None:
    keep(charge, dossier, "action-classer_sans_suite", motif="Il ne répond")
    shown = charge.get(dossier)
    assert "Il ne répond" in shown.text
    assert 'id="action-classer_sans_suite" name="action" open' in shown.text
    assert shown.text.count(" repris — ") == 1


def test_saving_the_form_drops_the_draft(charge: Visitor, dossier: str, counter: Counter) -> None:
    keep(charge, dossier)
    sent = {**papers(charge, dossier), "compte_rendu": "Fini."}
    assert charge.post(f"{dossier}/fiches/accueil", sent).status_code == 303
    assert "rouillon" not in said(charge.get(f"{dossier}?fiche=accueil"))
    # What was on its way when the form was saved comes too late.
    late = charge.post(f"{dossier}/brouillons/fiche-accueil", {**sent, "compte_rendu": "Fin"})
    assert late.json()["brouillon"] == ""
    assert "rouillon" not in said(charge.get(f"{dossier}?fiche=accueil"))


def test_a_move_drops_the_draft_of_its_reason(charge: Visitor, dossier: str) -> None:
    keep(charge, dossier, "action-classer_sans_suite", motif="Il ne répond")
    moved = charge.post(f"{dossier}/actions/classer_sans_suite", {"motif": "Sans réponse."})
    assert moved.status_code == 303
    assert "Il ne répond" not in charge.get(dossier).text


def test_a_form_that_is_refused_keeps_its_draft(charge: Visitor, dossier: str) -> None:
    keep(charge, dossier)
    refused = charge.post(f"{dossier}/fiches/accueil", {"effectif_etp": "beaucoup"})
    assert refused.status_code == 422
    assert " repris — " not in said(refused)
    assert TEXT in charge.get(f"{dossier}?fiche=accueil").text


def test_a_draft_can_be_dropped(charge: Visitor, dossier: str) -> None:
    keep(charge, dossier)
    answer = charge.post(f"{dossier}/brouillons/fiche-accueil/effacer")
    assert answer.status_code == 303
    assert "Brouillon effacé." in said(charge.get(answer.headers["location"]))
    assert TEXT not in charge.get(f"{dossier}?fiche=accueil").text


def test_a_draft_older_than_the_dossier_is_told(
    charge: Visitor, dossier: str, counter: Counter
) -> None:
    typed = {**papers(charge, dossier), "compte_rendu": TEXT}
    charge.post(f"{dossier}/brouillons/fiche-accueil", typed)
    counter.fill("accueil", compte_rendu="Autre chose.")
    assert "Le dossier a changé depuis ce brouillon." in said(
        charge.get(f"{dossier}?fiche=accueil")
    )


def test_a_draft_is_nobody_elses(
    charge: Visitor, assistant: Visitor, lecteur: Visitor, dossier: str
) -> None:
    keep(charge, dossier)
    for other in (assistant, lecteur):
        for page in (dossier, f"{dossier}?fiche=accueil"):
            shown = other.get(page)
            assert TEXT not in shown.text
            assert "Brouillon" not in said(shown)


def test_a_draft_after_some_weeks_is_gone(charge: Visitor, dossier: str, clock: Clock) -> None:
    keep(charge, dossier)
    clock.advance(days=43)
    assert TEXT not in charge.get(f"{dossier}?fiche=accueil").text


@pytest.mark.parametrize(
    ("form", "typed", "status"),
    [
        ("fiche-accueil", {"compte_rendu": "a" * 100_000}, 413),
        ("fiche-accueil", {"couleur": "bleu"}, 422),
        ("fiche-rien", {"compte_rendu": TEXT}, 404),
        ("fiche-accueil", {"compte_rendu": TEXT, "lock_version": "x"}, 422),
        ("fiche-accueil", {"compte_rendu": TEXT, "idempotency_key": "'"}, 422),
        ("fiche-accueil", {"compte_rendu": "\x00\x1b[0m \u202e"}, 200),
        ("fiche-accueil", {"compte_rendu": ["deux", "fois"]}, 200),
    ],
)
def test_whatever_is_sent_nothing_breaks(
    charge: Visitor, dossier: str, form: str, typed: dict[str, str], status: int
) -> None:
    assert keep(charge, dossier, form, **typed).status_code == status
    assert charge.get(f"{dossier}?fiche=accueil").status_code == 200


def test_who_else_is_at_it_is_shown_and_not_for_long(
    charge: Visitor, assistant: Visitor, lecteur: Visitor, dossier: str, clock: Clock
) -> None:
    at_it = "Chargé de mission de Aide 34 est en train de modifier ce dossier."
    assert "en train de modifier" not in said(assistant.get(dossier))
    assert charge.post(f"{dossier}/presence").json() == {"brouillon": "", "presents": ""}
    for other in (assistant, lecteur):
        assert at_it in said(other.get(dossier))
    assert "en train de modifier" not in said(charge.get(dossier))
    assert assistant.post(f"{dossier}/presence").json()["presents"] == at_it
    clock.advance(minutes=1)
    assert "en train de modifier" not in said(assistant.get(dossier))


def test_who_saved_is_no_more_at_it_but_changed_it_just_now(
    charge: Visitor, assistant: Visitor, dossier: str, clock: Clock
) -> None:
    charge.post(f"{dossier}/presence")
    charge.post(f"{dossier}/fiches/accueil", {**papers(charge, dossier), "compte_rendu": "Fini."})
    clock.advance(minutes=2)
    told = said(assistant.get(dossier))
    assert "en train de modifier" not in told
    assert "Modifié par Chargé de mission de Aide 34 il y a 2 minutes." in told
    assert "Modifié par" not in said(charge.get(dossier)).partition("Historique")[0]
    clock.advance(minutes=14)
    assert "Modifié par Chargé" not in said(assistant.get(dossier))
