"""Each operation of the pages has its route in the API, and both refuse alike."""

from __future__ import annotations

from collections.abc import Mapping
from html import unescape

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.pages import ROUTERS
from api.papers import OF_A_DOSSIER, OF_A_SEANCE
from api.v1 import OPERATIONS
from grants.organisation.roles import CHARGE_DE_MISSION, DIRECTION, LECTEUR
from tests.builders import same_dla as dla
from tests.builders.bearers import program
from tests.builders.offices import Office
from tests.builders.operations import furnished
from tests.builders.visitors import Answer, Visitor
from workflow.database import Database

_D, _S, _T = "/dossiers/{dossier_id}", "/structures/{structure_id}", "/taches/{task_id}"
_L, _O = "/lots/{lot_id}", "/interventions/{intervention_id}"
_R, _Q = "/parametres/reprises/{reprise_id}", "/reprises/{reprise_id}"
_V, _W = "/liste/vues/{vue_id}", "/vues/{vue_id}"
_C, _E, _P = f"{_S}/contacts/{{contact_id}}", "/equipe/{compte_id}", f"{_D}/pieces/{{piece}}"
_K, _A = "/courriers/{courrier_id}", f"{_D}/relances/{{echeance_id}}"
_M, _N = "/parametres/modeles/{lettre}", "/seances/{seance_id}"
_Z, _I = "/seances/{seance_id}", "/comites/{comite_id}"
_B = f"{_Z}/relances/{{rappel_id}}"
_H = f"{_Z}/dossiers/{{dossier_id}}"
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
    "/interventions": "POST /interventions",
    f"{_O}/corriger": f"PUT {_O}",
    f"{_O}/retirer": f"DELETE {_O}",
    f"{_D}/interventions": f"POST {_D}/interventions",
    "/structures/nouvelle": "POST /structures",
    f"{_S}/modifier": f"PUT {_S}",
    f"{_S}/fusionner": f"POST {_S}/fusion/{{autre_id}}",
    f"{_S}/fusions/{{fusion_id}}/annuler": f"POST {_S}/fusions/{{fusion_id}}/annuler",
    f"{_S}/contacts": f"POST {_S}/contacts",
    _C: f"PUT {_C}",
    f"{_C}/retirer": f"DELETE {_C}",
    "/seances/nouvelle": "POST /seances",
    "/seances/{seance_id}/modifier": "PUT /seances/{seance_id}",
    f"{_Z}/gestes/{{geste}}": f"POST {_Z}/gestes/{{geste}}",
    f"{_Z}/ordre": f"PUT {_Z}/ordre",
    f"{_Z}/presences": f"PUT {_Z}/presences",
    f"{_Z}/presences/{{membre_id}}": f"POST {_Z}/presences/{{membre_id}}",
    f"{_Z}/presences/{{membre_id}}/lien": f"POST {_Z}/presences/{{membre_id}}/lien",
    f"{_Z}/presidence": f"PUT {_Z}/presidence",
    f"{_Z}/appliquer": f"POST {_Z}/appliquer",
    f"{_Z}/pv/remarques": f"PUT {_Z}/pv/remarques",
    f"{_H}/note": f"PUT {_H}/note",
    f"{_H}/vote/ouvrir": f"POST {_H}/vote/ouvrir",
    f"{_H}/vote/clore": f"POST {_H}/vote/clore",
    f"{_H}/votes": f"PUT {_H}/votes",
    f"{_H}/votes/{{membre_id}}/retirer": f"DELETE {_H}/votes/{{membre_id}}",
    f"{_H}/deports": f"POST {_H}/deports",
    f"{_H}/deports/{{membre_id}}/retirer": f"DELETE {_H}/deports/{{membre_id}}",
    f"{_H}/decision": f"PUT {_H}/decision",
    f"{_H}/appliquer": f"POST {_H}/appliquer",
    f"{_H}/reserves/{{reserve_id}}/lever": f"POST {_H}/reserves/{{reserve_id}}/lever",
    "/seances/verifier": "POST /proces-verbaux/verifier",
    "/comites/nouveau": "POST /comites",
    f"{_I}/modifier": f"PUT {_I}",
    f"{_I}/membres/nouveau": f"POST {_I}/membres",
    f"{_I}/membres/{{membre_id}}": f"PUT {_I}/membres/{{membre_id}}",
    "/adherents/nouveau": "POST /adherents",
    "/adherents/{adherent_id}/modifier": "PUT /adherents/{adherent_id}",
    "/adherents/{adherent_id}/cotisations": "PUT /adherents/{adherent_id}/cotisations",
    "/prestataires/nouveau": "POST /prestataires",
    "/prestataires/{prestataire_id}/modifier": "PUT /prestataires/{prestataire_id}",
    **dla.SAME,
    "/enveloppes/nouvelle": "POST /enveloppes",
    "/enveloppes/{enveloppe_id}": "PUT /enveloppes/{enveloppe_id}",
    "/parametres": "PUT /organisme",
    "/parametres/logo": "PUT /organisme/logo",
    "/parametres/logo/retirer": "DELETE /organisme/logo",
    "/parametres/signature": "PUT /organisme/signature",
    "/parametres/signature/retirer": "DELETE /organisme/signature",
    "/parametres/dispositifs/{key}": "PATCH /organisme/dispositifs/{key}",
    "/parametres/dispositifs/{key}/{parameter}/defaut": (
        "DELETE /organisme/dispositifs/{key}/{parameter}"
    ),
    "/parametres/equipe": "POST /equipe",
    "/parametres/equipe/{compte_id}/role": f"PUT {_E}/role",
    "/parametres/equipe/{compte_id}/coordonnees": f"PUT {_E}/coordonnees",
    "/parametres/equipe/{compte_id}/retirer": f"POST {_E}/retirer",
    "/parametres/equipe/{compte_id}/rendre": f"POST {_E}/rendre",
    "/parametres/equipe/{compte_id}/lien": f"POST {_E}/lien",
    "/parametres/reprises": "POST /reprises",
    f"{_R}/feuille": f"POST {_Q}/feuille",
    f"{_R}/colonnes": f"POST {_Q}/colonnes",
    f"{_R}/lancer": f"POST {_Q}/lancer",
    f"{_R}/annuler": f"POST {_Q}/annuler",
    f"{_R}/abandonner": f"POST {_Q}/abandonner",
    f"{_K}/imprimer": f"POST {_K}/imprimer",
    f"{_K}/envoyer": f"POST {_K}/envoyer",
    f"{_K}/poste": f"POST {_K}/poste",
    f"{_K}/renvoyer": f"POST {_K}/renvoyer",
    f"{_K}/completer": f"POST {_K}/completer",
    f"{_K}/annuler": f"POST {_K}/annuler",
    f"{_A}/deplacer": f"POST {_A}/deplacer",
    f"{_A}/suspendre": f"POST {_A}/suspendre",
    f"{_A}/reprendre": f"POST {_A}/reprendre",
    f"{_A}/envoyer": f"POST {_A}/envoyer",
    f"{_A}/annuler": f"POST {_A}/annuler",
    f"{_B}/deplacer": f"POST {_B}/deplacer",
    f"{_B}/suspendre": f"POST {_B}/suspendre",
    f"{_B}/reprendre": f"POST {_B}/reprendre",
    f"{_B}/envoyer": f"POST {_B}/envoyer",
    f"{_B}/annuler": f"POST {_B}/annuler",
    "/courriers/adresses": "POST /adresses-arretees",
    "/courriers/adresses/retablir": "POST /adresses-arretees/retablir",
    _M: "PUT /modeles/{lettre}",
    f"{_M}/original": "POST /modeles/{lettre}/original",
    "/parametres/annonces": "POST /annonces",
    "/parametres/annonces/{adresse_id}/retirer": "DELETE /annonces/{adresse_id}",
    "/parametres/annonces/envois/{envoi_id}/renvoyer": "POST /annonces/envois/{envoi_id}/renvoyer",
}
#: Forms in several parts, for their files.
IN_PARTS = (f"{_P}/fichiers", "/parametres/reprises", "/seances/verifier")
#: What a form says and the address of the API does.
FIELDS = {
    f"{_S}/fusionner": {"avec": "autre_id"},
    **dla.FIELDS,
}
#: What a form may leave out and a program may not.
BODIES = {f"{_S}/fusionner": {"autre_version": "*"}}
_MINE, _OWN_PAGE = "/ma-seance/{seance_id}", "a member has no compte; the chargé's own routes do it"
#: What only a person in front of a browser does, and why.
OF_THE_BROWSER = {
    "/agenda/lien": "a secret shown once, for the calendar of whoever asks",
    "/agenda/lien/retirer": "whoever lost a link ends it in person",
    "/courriers/lot": "a program does it letter by letter, and knows what became of each",
    "/rappels/{rappel}": "whoever is written to has no token: the link is the proof",
    "/acces/{acces}": "whoever holds a link has no compte, hence no token",
    "/acces/{acces}/nouveau": "whoever holds a link has no compte, hence no token",
    **dla.OF_THE_BROWSER,
    f"{_MINE}/presence": _OWN_PAGE,
    f"{_MINE}/quitter": _OWN_PAGE,
    f"{_MINE}{_D}/vote": _OWN_PAGE,
    f"{_MINE}{_D}/note": _OWN_PAGE,
    f"{_MINE}{_D}/deport": _OWN_PAGE,
    f"{_MINE}{_D}/deport/retirer": _OWN_PAGE,
    f"{_MINE}/presidence/seance": _OWN_PAGE,
    f"{_MINE}/presidence{_D}/vote": _OWN_PAGE,
    f"{_MINE}/presidence{_D}/decision": _OWN_PAGE,
    f"{_M}/apercu": "a text half typed, drawn for a frame",
    f"{_M}/lettre.pdf": "a text half typed, drawn for a frame",
    "/annuler": "the word that undoes a click is sealed in its message; a program does the inverse",
    "/compte/jetons": "a token that could make others would never end",
    "/compte/jetons/revoquer": "whoever lost a token ends it in person",
    "/connexion": "a program comes with a token",
    "/deconnexion": "a token is no connexion",
    "/deconnexion/partout": "a token is no connexion",
    "/demarrage": "there is no organisme yet, hence no token",
    "/demarrage/code": "there is no organisme yet, hence no token",
    "/demarrage/demonstration": "there is no organisme yet, hence no token",
    "/organismes/{organisme_id}": "a token is of one organisme",
    "/reinitialisation/{jeton}": "the password is chosen by whoever owns the account",
    f"{_D}/brouillons/{{formulaire}}": "a form half typed: a program sends its answers whole",
    f"{_D}/brouillons/{{formulaire}}/effacer": "a form half typed",
    f"{_D}/presence": "tells that a form is open on somebody's screen",
}
#: What a page shows → where a program reads it.
READ = {
    "/": "/aujourdhui",
    "/aujourdhui": "/aujourdhui",
    "/tableau": "/tableau",
    "/interventions": "/interventions/semaine",
    "/interventions/liste": "/interventions",
    "/interventions/export.xlsx": "/interventions.xlsx",
    "/interventions/export.csv": "/interventions.csv",
    _O: _O,
    "/liste": "/dossiers",
    "/liste/colonnes": "/colonnes",
    "/liste/export.xlsx": "/dossiers.xlsx",
    "/liste/export.csv": "/dossiers.csv",
    "/liste/vues": "/vues",
    _L: _L,
    "/taches/{task_id}": _T,
    _D: _D,
    f"{_D}/fichiers/{{fichier_id}}": f"{_D}/fichiers/{{fichier_id}}",
    f"{_D}/fichiers/{{fichier_id}}/contenu": f"{_D}/fichiers/{{fichier_id}}",
    f"{_D}/fichiers/{{fichier_id}}/apercu": f"{_D}/pieces",
    f"{_D}/porteur": f"{_D}/porteur",
    "/pilotage": "/pilotage/{key}",
    "/recherche": "/recherche",
    "/dispositifs/{key}": "/dispositifs/{key}",
    "/structures": "/structures",
    _S: _S,
    f"{_S}/fusionner": f"{_S}/fusion/{{autre_id}}",
    _C: f"{_S}/contacts",
    "/seances": "/seances",
    "/seances/{seance_id}": "/seances/{seance_id}",
    f"{_Z}/presences": f"{_Z}/presences",
    f"{_Z}/votes": f"{_Z}/dossiers",
    f"{_Z}/decisions": f"{_Z}/dossiers",
    f"{_Z}/pv": f"{_Z}/pv",
    f"{_Z}/salle": f"{_Z}/dossiers",
    _H: _H,
    f"{_H}/note": _H,
    "/comites": "/comites",
    _I: _I,
    f"{_I}/membres/{{membre_id}}": _I,
    "/adherents": "/adherents",
    "/adherents/export.xlsx": "/adherents",
    "/adherents/export.csv": "/adherents",
    "/adherents/{adherent_id}": "/adherents/{adherent_id}",
    "/prestataires": "/prestataires",
    "/prestataires/export.xlsx": "/prestataires",
    "/prestataires/export.csv": "/prestataires",
    "/prestataires/dossiers/{dossier_id}": f"{_D}/prestataires",
    "/prestataires/{prestataire_id}": "/prestataires/{prestataire_id}",
    **dla.READ,
    "/enveloppes": "/enveloppes",
    "/enveloppes/{enveloppe_id}": "/enveloppes",
    **{f"{_N}/{name}": f"{_N}/{name}" for name in OF_A_SEANCE},
    **{f"{_N}{_D}/{name}": f"{_N}{_D}/{name}" for name in OF_A_DOSSIER},
    "/organismes/{organisme_id}/logo": "/organisme/logo",
    "/parametres": "/organisme",
    "/parametres/signature": "/organisme/signature",
    "/parametres/dispositifs": "/dispositifs",
    "/parametres/dispositifs/{key}": "/organisme/dispositifs/{key}",
    "/parametres/equipe": "/equipe",
    "/agenda": "/agenda",
    "/courriers": "/courriers",
    "/courriers/adresses": "/adresses-arretees",
    "/courriers/impression": f"{_K}/lettre.pdf",
    _K: _K,
    f"{_K}/courriel": _K,
    f"{_K}/lettre.pdf": f"{_K}/lettre.pdf",
    f"{_K}/fichiers/{{name}}": f"{_K}/fichiers/{{name}}",
    f"{_D}/relances": f"{_D}/relances",
    f"{_Z}/relances": f"{_Z}/relances",
    "/parametres/modeles": "/modeles",
    _M: "/modeles/{lettre}",
    f"{_M}/apercu": "/modeles/{lettre}",
    "/parametres/annonces": "/annonces",
    "/parametres/reprises": "/reprises",
    "/parametres/reprises/modeles/{modele}": "/reprises/modeles/{modele}",
    _R: _Q,
    f"{_R}/anomalies": f"{_Q}/anomalies/fichier",
}
#: Pages that hold nothing of the organisme: forms, whose fields the description tells, and doors.
NOTHING_TO_READ = (
    "/acces",
    "/acces/{acces}",
    _MINE,  # of one member alone: what it shows of the séance is read under « /seances »
    f"{_MINE}{_D}",
    f"{_MINE}/dossier-de-seance.pdf",
    f"{_MINE}/presidence",
    f"{_MINE}/presidence/proces-verbal.pdf",
    "/agenda/{lien}.ics",  # the link alone opens it, for calendars that hold no token
    "/aide",
    "/compte/jetons",
    "/connexion",
    "/demarrage",
    "/dossiers/nouveau",
    "/healthz",
    "/liste/vues/nouvelle",
    "/parametres/sante",  # of the whole installation: « /healthz » tells it to programs
    "/rappels/{rappel}",
    "/reinitialisation/{jeton}",
    "/comites/nouveau",
    f"{_I}/modifier",
    f"{_I}/membres/nouveau",
    "/adherents/nouveau",
    "/adherents/{adherent_id}/modifier",
    "/prestataires/nouveau",
    "/prestataires/{prestataire_id}/modifier",
    *dla.NOTHING_TO_READ,
    "/enveloppes/nouvelle",
    "/seances/nouvelle",
    "/seances/verifier",
    "/seances/{seance_id}/modifier",
    "/structures/nouvelle",
    f"{_S}/modifier",
)


def pages(method: str) -> list[str]:
    """The addresses of the pages that take a method."""
    return [
        route.path
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and method in (route.methods or ())
    ]


def test_each_operation_of_the_pages_has_its_route() -> None:
    assert set(SAME.values()) <= {f"{each.method} {each.path}" for each in OPERATIONS}
    assert sorted(pages("POST")) == sorted([*SAME, *OF_THE_BROWSER])


def test_what_each_page_shows_is_read_by_a_program_too() -> None:
    assert set(READ.values()) <= {each.path for each in OPERATIONS if each.method == "GET"}
    assert sorted(pages("GET")) == sorted([*READ, *NOTHING_TO_READ])


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
            # A file: the page takes it in parts.
            sent_apart = page in ("/parametres/logo", "/parametres/signature")
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
