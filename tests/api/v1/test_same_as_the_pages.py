"""Each operation of the pages has its route in the API, and both refuse alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import unescape

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.pages import ROUTERS
from api.v1 import OPERATIONS
from grants.organisation.roles import CHARGE_DE_MISSION, DIRECTION, LECTEUR
from tests.builders.bearers import program
from tests.builders.offices import Office
from tests.builders.operations import furnished
from tests.builders.visitors import Answer, Visitor
from workflow.database import Database

_D, _S, _T = "/dossiers/{dossier_id}", "/structures/{structure_id}", "/taches/{task_id}"
_L = "/lots/{lot_id}"
_R, _Q = "/parametres/reprises/{reprise_id}", "/reprises/{reprise_id}"
_V, _W = "/liste/vues/{vue_id}", "/vues/{vue_id}"
_C, _E, _P = f"{_S}/contacts/{{contact_id}}", "/equipe/{compte_id}", f"{_D}/pieces/{{piece}}"
#: What a page posts → what a program asks for.
SAME = {
    "/dossiers/nouveau": "POST /dossiers",
    "/dossiers/nouveau/proches": "GET /structures/proches",
    f"{_D}/actions/{{action}}": f"POST {_D}/actions/{{action}}",
    f"{_D}/fiches/{{sheet}}": f"PATCH {_D}/fiches/{{sheet}}",
    f"{_D}/notes": f"POST {_D}/notes",
    f"{_D}/referent": f"PUT {_D}/referent",
    f"{_D}/liens": f"POST {_D}/liens",
    f"{_D}/porteur": f"PUT {_D}/porteur",
    f"{_D}/rendez-vous": f"POST {_D}/rendez-vous",
    f"{_D}/taches": f"POST {_D}/taches",
    f"{_D}/etiquettes": f"POST {_D}/etiquettes",
    f"{_D}/etiquettes/{{etiquette_id}}/retirer": f"DELETE {_D}/etiquettes/{{etiquette_id}}",
    f"{_P}/fichiers": f"POST {_P}/fichiers",
    f"{_P}/validation": f"POST {_P}/validation",
    f"{_P}/correction": f"POST {_P}/correction",
    f"{_D}/fichiers/{{fichier_id}}/retirer": f"DELETE {_D}/fichiers/{{fichier_id}}",
    f"{_D}/financement": f"PUT {_D}/financement",
    f"{_D}/financement/solde": f"POST {_D}/financement/solde",
    "/liste/colonnes": "PUT /colonnes",
    "/liste/vues": "POST /vues",
    f"{_V}/nom": f"PUT {_W}",
    f"{_V}/contenu": f"PUT {_W}/contenu",
    f"{_V}/premiere": f"PUT {_W}/premiere",
    f"{_V}/supprimer": f"DELETE {_W}",
    "/lots": "POST /lots",
    f"{_L}/confier": f"POST {_L}/confier",
    f"{_L}/etiqueter": f"POST {_L}/etiqueter",
    f"{_L}/retirer": f"POST {_L}/retirer",
    f"{_L}/actions/{{key}}/{{action}}": f"POST {_L}/actions/{{key}}/{{action}}",
    f"{_L}/executer": f"POST {_L}/executer",
    f"{_L}/suite": f"POST {_L}/suite",
    f"{_L}/reprendre": f"POST {_L}/reprendre",
    "/taches": "POST /taches",
    _T: f"PUT {_T}",
    f"{_T}/faite": f"POST {_T}/faite",
    f"{_T}/rouvrir": f"POST {_T}/rouvrir",
    "/structures/nouvelle": "POST /structures",
    f"{_S}/modifier": f"PUT {_S}",
    f"{_S}/fusionner": f"POST {_S}/fusion/{{autre_id}}",
    f"{_S}/fusions/{{fusion_id}}/annuler": f"POST {_S}/fusions/{{fusion_id}}/annuler",
    f"{_S}/contacts": f"POST {_S}/contacts",
    _C: f"PUT {_C}",
    f"{_C}/retirer": f"DELETE {_C}",
    "/seances/nouvelle": "POST /seances",
    "/seances/{seance_id}/modifier": "PUT /seances/{seance_id}",
    "/parametres": "PUT /organisme",
    "/parametres/logo": "PUT /organisme/logo",
    "/parametres/logo/retirer": "DELETE /organisme/logo",
    "/parametres/dispositifs/{key}": "PATCH /organisme/dispositifs/{key}",
    "/parametres/dispositifs/{key}/{parameter}/defaut": (
        "DELETE /organisme/dispositifs/{key}/{parameter}"
    ),
    "/parametres/equipe": "POST /equipe",
    "/parametres/equipe/{compte_id}/role": f"PUT {_E}/role",
    "/parametres/equipe/{compte_id}/retirer": f"POST {_E}/retirer",
    "/parametres/equipe/{compte_id}/rendre": f"POST {_E}/rendre",
    "/parametres/equipe/{compte_id}/lien": f"POST {_E}/lien",
    "/parametres/reprises": "POST /reprises",
    f"{_R}/feuille": f"POST {_Q}/feuille",
    f"{_R}/colonnes": f"POST {_Q}/colonnes",
    f"{_R}/lancer": f"POST {_Q}/lancer",
    f"{_R}/annuler": f"POST {_Q}/annuler",
    f"{_R}/abandonner": f"POST {_Q}/abandonner",
    "/parametres/annonces": "POST /annonces",
    "/parametres/annonces/{adresse_id}/retirer": "DELETE /annonces/{adresse_id}",
    "/parametres/annonces/envois/{envoi_id}/renvoyer": "POST /annonces/envois/{envoi_id}/renvoyer",
}
#: Forms in several parts, for their files.
IN_PARTS = (f"{_P}/fichiers", "/parametres/reprises")
#: What a form says and the address of the API does.
FIELDS = {f"{_S}/fusionner": {"avec": "autre_id"}}
#: What a form may leave out and a program may not.
BODIES = {f"{_S}/fusionner": {"autre_version": "*"}}
#: What only a person in front of a browser does.
OF_THE_BROWSER = (
    "/annuler",
    "/compte/",
    "/connexion",
    "/deconnexion",
    "/demarrage",
    "/organismes/",
    "/reinitialisation/",
    f"{_D}/brouillons/",
    f"{_D}/presence",
)


def posts() -> Iterator[str]:
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute) and "POST" in (route.methods or ()):
                yield route.path


def test_each_operation_of_the_pages_has_its_route() -> None:
    known = {f"{each.method} {each.path}" for each in OPERATIONS}
    assert set(SAME.values()) <= known
    for path in posts():
        apart = path.startswith(OF_THE_BROWSER)
        assert (path in SAME) != apart, path
    assert set(SAME) <= set(posts())


@pytest.mark.parametrize("role", [DIRECTION, CHARGE_DE_MISSION, LECTEUR])
def test_both_refuse_alike_in_the_same_words(
    app: FastAPI, database: Database, office: Office, other_office: Office, role: str
) -> None:
    """Two organismes alike: one is worked on by its pages, the other by a program."""
    with database.unit_of_work() as session:
        by_page, by_program = furnished(session, office), furnished(session, other_office)
    who = program(app, other_office, role)
    browser = Visitor(app).enter(office.people[role], office.id)
    for page, operation in SAME.items():
        method, _, path = operation.partition(" ")
        if method == "GET":
            continue
        for mine in (True, False):
            here, there = (by_page, by_program) if mine else (by_program, by_page)
            shown = press(browser, page, here)
            told = who.ask(method, path.format_map(there), BODIES.get(page), if_match="*")
            assert alike(shown.status_code) == alike(told.status_code), (
                operation,
                mine,
                shown.status_code,
                told.text,
            )
            sent_apart = page == "/parametres/logo"  # a file: the page takes it in parts
            if (
                told.status_code == 422
                and not sent_apart
                and shown.headers["content-type"].startswith("text/html")
            ):
                for sentence in told.json()["champs"].values():
                    assert plain(sentence) in plain(shown.text), (operation, sentence)


def press(browser: Visitor, page: str, here: Mapping[str, str]) -> Answer:
    """Send a form with nothing in it, but for what the API has in its address."""
    token, url = browser.token(), page.format_map(here)
    if page in IN_PARTS:
        return browser.client.post(url, files={"csrf_token": (None, token)})
    fields = {name: here[value] for name, value in FIELDS.get(page, {}).items()}
    return browser.client.post(url, data={"csrf_token": token, **fields})


def plain(text: str) -> str:
    """Without the typography that pages add."""
    return " ".join(unescape(text).replace("’", "'").split())


def alike(status: int) -> int:
    """A page that goes on has succeeded, whatever it shows."""
    return 200 if status in (200, 201, 303) else status
