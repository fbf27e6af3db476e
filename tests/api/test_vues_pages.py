"""The list as each person wants it: its columns, and views under a name."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import update

from grants.dossiers.listes.tables import Vue
from tests.builders.crowd import write_crowd
from tests.builders.dossiers import Counter
from tests.builders.offices import Office
from tests.builders.reading import rows, said
from tests.builders.visitors import Visitor
from workflow.database import Database, table_of

_V = table_of(Vue)


def headings(visitor: Visitor, url: str = "/liste") -> list[str]:
    shown = visitor.get(url)
    assert shown.status_code == 200
    head = shown.text.split("<thead>", 1)[1].split("</thead>", 1)[0]
    from tests.builders.reading import words

    return [words(cell) for cell in head.split('<th scope="col"')[1:]]


@pytest.fixture
def crowd(counter: Counter) -> list[int]:
    with counter.database.unit_of_work() as session:
        return write_crowd(session, counter.office, 12)


def save(visitor: Visitor, nom: str, requete: str = "", **more: str) -> int:
    answer = visitor.post("/liste/vues", {"nom": nom, "requete": requete, **more})
    assert answer.status_code == 303, said(answer)
    return int(answer.headers["location"].split("vue=", 1)[1].split("&")[0])


def test_columns_are_chosen_ordered_and_kept_for_one_person(
    charge: Visitor, lecteur: Visitor, crowd: list[int]
) -> None:
    usual = headings(charge)
    asked = {"colonne": ["accorde", "porteur", "secteur"], "requete": "departement=34"}
    answer = charge.post("/liste/colonnes", asked)
    assert answer.headers["location"] == "/liste?departement=34"
    found = [each.split(">", 1)[-1].strip() for each in headings(charge)]
    assert found == ["Dossier", "Accordé", "Porteur", "Secteur"]
    assert headings(lecteur) == usual
    moved = charge.post("/liste/colonnes", {**asked, "monter": "secteur"})
    assert moved.headers["location"] == "/liste/colonnes?departement=34"
    charge.post(
        "/liste/colonnes", {"colonne": ["accorde", "secteur", "porteur"], "descendre": "accorde"}
    )
    found = [each.split(">", 1)[-1].strip() for each in headings(charge)]
    assert found == ["Dossier", "Secteur", "Accordé", "Porteur"]
    charge.post("/liste/colonnes", {"habituelles": "oui"})
    assert headings(charge) == usual
    for bad in ("inconnue", "etape,lieu", "a" * 5000, "<b>"):
        assert charge.post("/liste/colonnes", {"colonne": bad}).status_code == 422, bad


def test_every_column_shows_on_every_page_with_as_many_queries(
    charge: Visitor, crowd: list[int]
) -> None:
    from api.presentation.listed_columns import CHOSEN_FROM

    charge.post("/liste/colonnes", {"colonne": list(CHOSEN_FROM)})
    assert len(headings(charge)) == len(CHOSEN_FROM) + 1


def test_a_view_opens_as_it_was_kept_and_says_when_it_is_changed(
    charge: Visitor, crowd: list[int]
) -> None:
    vue = save(charge, "Hérault", "departement=34&tri=demande&sens=asc", colonnes="accorde")
    opened = charge.get(f"/liste?vue={vue}")
    assert opened.headers["location"] == f"/liste?vue={vue}&tri=demande&sens=asc&departement=34"
    shown = charge.get(opened.headers["location"])
    assert "Vue : Hérault" in said(shown).replace("\u00a0", " ")
    assert "(modifiée)" not in said(shown)
    assert "(modifiée)" in said(charge.get(f"/liste?vue={vue}&departement=06"))
    assert len(headings(charge, opened.headers["location"])) == 2
    new = {"requete": "departement=06", "colonnes": "lieu,etape"}
    answer = charge.post(f"/liste/vues/{vue}/contenu", new)
    assert answer.headers["location"] == f"/liste?vue={vue}&departement=06"
    assert len(headings(charge, answer.headers["location"])) == 3


def test_the_view_that_opens_first(charge: Visitor, crowd: list[int]) -> None:
    vue = save(charge, "Mes urgences", "departement=34", premiere="oui")
    assert charge.get("/liste").headers["location"] == f"/liste?vue={vue}&departement=34"
    assert len(rows(charge.get("/liste?vue=toutes"))) == 12
    charge.post(f"/liste/vues/{vue}/premiere")
    assert charge.get("/liste").status_code == 200
    charge.post(f"/liste/vues/{vue}/premiere")
    charge.post(f"/liste/vues/{vue}/supprimer")
    assert charge.get("/liste").status_code == 200
    gone = charge.get(f"/liste?vue={vue}")
    assert "Cette vue n'existe plus" in said(gone)


def test_a_view_on_a_column_or_a_stage_that_is_gone_still_opens_and_says_so(
    charge: Visitor, database: Database, crowd: list[int]
) -> None:
    vue = save(charge, "Ancienne", "dispositif=microprojets&etape=contact")
    with database.unit_of_work() as session:
        kept = {
            "colonnes": "disparue,etape",
            "requete": "dispositif=microprojets&etape=partie,contact",
        }
        session.connection().execute(update(_V).where(_V.c.id == vue).values(kept))
    shown = charge.get(charge.get(f"/liste?vue={vue}").headers["location"])
    assert shown.status_code == 200
    assert "La colonne « disparue » de cette vue n'existe plus" in said(shown)
    assert "L'étape « partie » n'existe plus" in said(shown)
    assert len(rows(shown)) == 2
    with database.unit_of_work() as session:
        kept = {"requete": "dispositif=disparu"}
        session.connection().execute(update(_V).where(_V.c.id == vue).values(kept))
    shown = charge.get(charge.get(f"/liste?vue={vue}").headers["location"])
    assert "Le dispositif « disparu » n'existe plus" in said(shown)


def test_who_sees_and_who_changes_a_view(
    new_visitor: Callable[..., Visitor], charge: Visitor, lecteur: Visitor, office: Office
) -> None:
    direction = new_visitor().enter(office.people["direction"], office.id)
    assistant = new_visitor().enter(office.people["assistant"], office.id)
    own, shared = save(charge, "À moi"), save(charge, "À tous", partagee="oui")
    for other in (direction, assistant, lecteur):
        listed = said(other.get("/liste/vues"))
        assert "À tous" in listed
        assert "À moi" not in listed
        assert other.post(f"/liste/vues/{own}/supprimer").status_code == 404
    for other in (assistant, lecteur):
        refused = other.post(f"/liste/vues/{shared}/nom", {"nom": "Pris"})
        assert refused.status_code == 409
        assert "seules cette personne et la direction" in said(refused)
    assert (
        direction.post(
            f"/liste/vues/{shared}/nom", {"nom": "Renommée", "partagee": "oui"}
        ).status_code
        == 303
    )
    assert "Renommée" in said(charge.get("/liste/vues"))
    mine = lecteur.post("/liste/vues", {"nom": "Contrôle"})
    assert mine.status_code == 303
    assert lecteur.post("/liste/vues", {"nom": "B", "partagee": "oui"}).status_code == 403


def test_hostile_names_are_refused_or_shown_as_they_are(charge: Visitor) -> None:
    for bad in ("", "  ", "a" * 61, "a\0b", "a\nb", "\u202eabc", "\u200b"):
        assert charge.post("/liste/vues", {"nom": bad}).status_code == 422, repr(bad)
    for nom in ("<script>alert(1)</script>", "'; DROP TABLE vue; --", "{{ 7*7 }}", "👩‍👩‍👧"):
        save(charge, nom)
    shown = charge.get("/liste/vues")
    assert "<script>alert(1)" not in shown.text
    assert "{{ 7*7 }}" in said(shown)
    taken = charge.post("/liste/vues", {"nom": "<SCRIPT>alert(1)</SCRIPT>"})
    assert taken.status_code == 422
    assert "Une autre vue porte déjà ce nom" in said(taken)
    for bad in ("colonnes=inconnue", "requete=" + "a" * 3000):
        name, _, value = bad.partition("=")
        assert charge.post("/liste/vues", {"nom": "X", name: value}).status_code == 422


def test_a_page_of_other_filters_or_of_another_order_is_the_first_one(
    charge: Visitor, counter: Counter
) -> None:
    with counter.database.unit_of_work() as session:
        write_crowd(session, counter.office, 180)
    first = charge.get("/liste?departement=34")
    follow = first.text.split('rel="next" href="', 1)[1].split('"', 1)[0]
    token = follow.split("page=", 1)[1]
    assert len(rows(charge.get(f"/liste?departement=34&page={token}"))) == 10
    for other in ("departement=06", "departement=34&tri=demande", "q=Projet", "etiquette=9"):
        shown = charge.get(f"/liste?{other}&page={token}")
        assert shown.status_code == 200
        assert rows(shown) == rows(charge.get(f"/liste?{other}"))
