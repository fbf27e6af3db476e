"""The settings: the direction changes them, everybody else is told that they are not theirs."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.builders.images import png
from tests.builders.offices import Office
from tests.builders.reading import words
from tests.builders.visitors import Answer, Visitor
from workflow.database import Database

IDENTITY = {"nom": "Aide 34", "departements": "34, 30", "territoire": "metropole"}
RULES = "/parametres/dispositifs/microprojets"
PAGES = ("/parametres", "/parametres/equipe", "/parametres/dispositifs", RULES)


@pytest.fixture
def direction(visitor: Visitor, office: Office) -> Visitor:
    return visitor.enter(office.people["direction"], office.id)


def version_on(html: str) -> str:
    found = re.search(r'name="lock_version" value="(\d+)"', html)
    assert found
    return found[1]


def hand_in(visitor: Visitor, content: bytes, name: str = "logo.png") -> Answer:
    return visitor.client.post(
        "/parametres/logo", data={"csrf_token": visitor.token()}, files={"logo": (name, content)}
    )


@pytest.mark.parametrize("role", ["charge_de_mission", "assistant"])
def test_only_the_direction_enters_the_settings(
    new_visitor: Callable[..., Visitor], office: Office, role: str
) -> None:
    other = new_visitor().enter(office.people[role], office.id)
    for url in PAGES:
        assert other.get(url).status_code == 403
    assert 'href="/parametres"' not in other.get("/structures").text


def test_who_controls_reads_the_settings_and_is_offered_nothing_to_change(
    new_visitor: Callable[..., Visitor], office: Office, direction: Visitor
) -> None:
    direction.post("/parametres/dispositifs/microprojets", {"plafond": "15 000"})
    lecteur = new_visitor().enter(office.people["lecteur"], office.id)
    assert 'href="/parametres"' in lecteur.get("/structures").text
    for url in PAGES:
        shown = lecteur.get(url)
        assert shown.status_code == 200
        main = shown.text.partition("<main")[2].partition("</main>")[0]
        assert not re.search("<(form|input|select|button)", main), url
    told = words(lecteur.get("/parametres/dispositifs/microprojets").text)
    assert "Plafond 15 000 €" in told
    assert "valeur de l’organisme Par défaut : 23 000 €" in told


def test_the_identity_is_changed_and_its_history_tells_it(direction: Visitor) -> None:
    version = version_on(direction.get("/parametres").text)
    form = {**IDENTITY, "sigle": "A34", "lock_version": version}
    assert direction.post("/parametres", form).status_code == 303
    shown = direction.get("/parametres").text
    assert 'value="34, 30"' in shown
    assert "Identité modifiée" in shown
    assert "Hérault (34), Gard (30)" in shown


def test_a_faulty_identity_comes_back_with_what_was_typed(direction: Visitor) -> None:
    answer = direction.post("/parametres", {**IDENTITY, "departements": "34, 99", "email": "x"})
    assert answer.status_code == 422
    assert 'value="34, 99"' in answer.text
    assert "2 réponses sont à corriger" in answer.text


def test_an_identity_changed_meanwhile_comes_back_with_what_was_typed(direction: Visitor) -> None:
    version = version_on(direction.get("/parametres").text)
    direction.post("/parametres", {**IDENTITY, "sigle": "A", "lock_version": version})
    stale = direction.post("/parametres", {**IDENTITY, "sigle": "B", "lock_version": version})
    assert stale.status_code == 409
    assert 'value="B"' in stale.text


def test_a_logo_is_shown_on_every_page_and_served_as_an_image(
    direction: Visitor, new_visitor: Callable[..., Visitor], other_office: Office
) -> None:
    assert hand_in(direction, png(64, 64)).status_code == 303
    shown = direction.get("/structures").text
    found = re.search(r'src="(/organismes/\d+/logo\?v=\d+)"', shown)
    assert found
    served = direction.get(found[1])
    assert served.content == png(64, 64)
    assert served.headers["content-type"] == "image/png"
    assert served.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in served.headers["content-security-policy"]
    stranger = new_visitor().enter(other_office.people["direction"], other_office.id)
    assert stranger.get(found[1]).status_code == 404


def test_a_script_dressed_as_a_logo_is_refused(direction: Visitor) -> None:
    answer = hand_in(direction, b"<svg onload='alert(1)'/>", "logo.png")
    assert answer.status_code == 422
    assert "ni un PNG ni un JPEG" in answer.text
    assert hand_in(direction, b"", "").status_code == 422
    assert hand_in(direction, b"\x89PNG" + b"x" * 3_000_000).status_code == 413


def test_a_logo_is_taken_back(direction: Visitor) -> None:
    hand_in(direction, png(64, 64))
    assert direction.post("/parametres/logo/retirer").status_code == 303
    assert "/logo?v=" not in direction.get("/structures").text


def test_a_signature_is_seen_by_the_direction_alone(
    direction: Visitor, new_visitor: Callable[..., Visitor], office: Office
) -> None:
    assert direction.get("/parametres/signature").status_code == 404
    answer = direction.client.post(
        "/parametres/signature",
        data={"csrf_token": direction.token()},
        files={"signature": ("signature.png", png(200, 80))},
    )
    assert answer.status_code == 303
    assert "/parametres/signature?v=" in direction.get("/parametres").text
    served = direction.get("/parametres/signature")
    assert (served.content, served.headers["cache-control"]) == (png(200, 80), "no-store")
    other = new_visitor().enter(office.people["charge_de_mission"], office.id)
    assert other.get("/parametres/signature").status_code == 403
    assert direction.post("/parametres/signature/retirer").status_code == 303
    assert direction.get("/parametres/signature").status_code == 404


def test_what_letters_say_of_a_colleague_is_changed_by_the_direction(
    direction: Visitor, office: Office
) -> None:
    url = f"/parametres/equipe/{office.people['charge_de_mission'].id}/coordonnees"
    told = {"fonction": "chargée de mission", "telephone": "04 65 71 00 12"}
    assert direction.post(url, told).status_code == 303
    shown = direction.get("/parametres/equipe").text
    assert "chargée de mission" in shown
    assert "04\u00a065\u00a071\u00a000\u00a012" in shown
    assert "Coordonnées changées" in direction.get("/parametres").text
    refused = direction.post(url, {"fonction": "", "telephone": "douze"})
    assert refused.status_code == 422
    assert "Ligne directe" in refused.text


def test_a_parameter_is_set_with_who_did_it_and_goes_back_to_its_default(
    direction: Visitor, office: Office
) -> None:
    version = version_on(direction.get(RULES).text)
    answer = direction.post(RULES, {"plafond": "21 000", "lock_version": version})
    assert answer.status_code == 303
    shown = direction.get(RULES).text
    assert "Par défaut&nbsp;: 23\u202f000\u00a0€" in shown
    assert f"Changé par {office.people['direction'].nom}" in shown
    assert "1\u00a0changé par votre organisme" in direction.get("/parametres/dispositifs").text
    assert direction.post(f"{RULES}/plafond/defaut").status_code == 303
    back = direction.get(RULES).text
    assert "suit de nouveau la valeur par défaut" in back
    assert "Par défaut" not in back


def test_faulty_parameters_come_back_with_what_was_typed(direction: Visitor) -> None:
    answer = direction.post(RULES, {"plafond": "beaucoup", "objectif_annuel": "25"})
    assert answer.status_code == 422
    assert 'value="beaucoup"' in answer.text
    assert 'value="25"' in answer.text
    assert "valeur de l’organisme" not in answer.text


def test_parameters_changed_meanwhile_come_back_with_what_was_typed(direction: Visitor) -> None:
    version = version_on(direction.get(RULES).text)
    direction.post(RULES, {"plafond": "21 000", "lock_version": version})
    stale = direction.post(RULES, {"plafond": "22 000", "lock_version": version})
    assert stale.status_code == 409
    assert "Paramètre changé" in stale.text
    assert 'value="22 000"' in stale.text


@pytest.mark.parametrize("url", ["/parametres/dispositifs/inconnu", f"{RULES}/inconnu/defaut"])
def test_an_unknown_dispositif_or_parameter_is_not_found(direction: Visitor, url: str) -> None:
    answer = direction.post(url) if url.endswith("defaut") else direction.get(url)
    assert answer.status_code == 404


def test_an_invitation_gives_a_link_that_is_shown_once(
    direction: Visitor, new_visitor: Callable[..., Visitor]
) -> None:
    form = {"nom": "Rosine Castel", "email": "rosine@example.org", "role": "assistant"}
    answer = direction.post("/parametres/equipe", form)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    link = re.search(r'value="http://[^/"]+(/reinitialisation/[^"]+)"', answer.text)
    assert link
    assert new_visitor().get(link[1]).status_code == 200
    shown = direction.get("/parametres/equipe").text
    assert link[1] not in shown
    assert "mot de passe à choisir" in shown


def test_a_faulty_invitation_comes_back_with_what_was_typed(direction: Visitor) -> None:
    answer = direction.post("/parametres/equipe", {"nom": "Rosine Castel", "email": "x"})
    assert answer.status_code == 422
    assert 'value="Rosine Castel"' in answer.text
    assert 'href="#invitation-email"' in answer.text


def test_a_colleague_changes_role_leaves_and_comes_back(
    direction: Visitor, new_visitor: Callable[..., Visitor], office: Office
) -> None:
    colleague = office.people["assistant"]
    theirs = new_visitor().enter(colleague, office.id)
    url = f"/parametres/equipe/{colleague.id}"
    assert direction.post(f"{url}/role", {"role": "lecteur"}).status_code == 303
    assert theirs.get("/structures/nouvelle").status_code == 403
    assert direction.post(f"{url}/retirer").status_code == 303
    assert not theirs.is_signed_in()
    assert "Accès retirés" in direction.get("/parametres/equipe").text
    assert direction.post(f"{url}/rendre").status_code == 303
    assert "Accès retirés" not in direction.get("/parametres/equipe").text
    told = direction.get("/parametres").text
    for event in ("Rôle changé", "Accès retiré", "Accès rendu"):
        assert f"{event}\u00a0: {colleague.nom}" in told


def test_a_role_that_does_not_exist_is_refused(direction: Visitor, office: Office) -> None:
    url = f"/parametres/equipe/{office.people['assistant'].id}/role"
    answer = direction.post(url, {"role": "empereur"})
    assert answer.status_code == 422
    assert "Choisissez une des réponses proposées." in answer.text


def test_the_last_direction_does_not_leave(direction: Visitor, office: Office) -> None:
    url = f"/parametres/equipe/{office.people['direction'].id}"
    for answer in (
        direction.post(f"{url}/role", {"role": "lecteur"}),
        direction.post(f"{url}/retirer"),
    ):
        assert answer.status_code == 409
        assert "la dernière personne de la direction" in answer.text
    assert direction.get("/parametres").status_code == 200


def test_a_new_link_takes_the_place_of_the_first(
    direction: Visitor, new_visitor: Callable[..., Visitor], office: Office
) -> None:
    url = f"/parametres/equipe/{office.people['assistant'].id}/lien"
    links = [re.search(r"(/reinitialisation/[^\"]+)\"", direction.post(url).text) for _ in range(2)]
    assert links[0]
    assert links[1]
    passer_by = new_visitor()
    assert 'type="password"' not in passer_by.get(links[0][1]).text
    assert 'type="password"' in passer_by.get(links[1][1]).text


def test_a_colleague_of_another_organisme_does_not_exist(
    direction: Visitor, other_office: Office, database: Database
) -> None:
    url = f"/parametres/equipe/{other_office.people['assistant'].id}"
    assert direction.post(f"{url}/role", {"role": "lecteur"}).status_code == 404
    for action in ("retirer", "rendre", "lien"):
        assert direction.post(f"{url}/{action}").status_code == 404
