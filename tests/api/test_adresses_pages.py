"""An address that is written to no more: said on its owner's screens, and lifted from each."""

from __future__ import annotations

from html import unescape

import pytest
from sqlalchemy import func, update

from grants.organisation.tables import Personne
from notifications.suspensions import DEMANDE, RAPPELS, REBOND, Suspension, suspend, suspension_of
from tests.builders.courriers import read
from tests.builders.offices import NOW, Holdings, Office
from tests.builders.visitors import Visitor
from workflow.database import Database, table_of

_P = table_of(Personne)
ADRESSES = "/courriers/adresses"


@pytest.fixture
def email(database: Database, holds: Holdings) -> str:
    """Whoever the organisme's letter is for: the porteur, among the contacts of the structure."""
    found = read(database, holds.courrier)["recipient_email"]
    assert found
    return found


def stop(database: Database, office: Office, email: str, reason: str = REBOND) -> None:
    with database.unit_of_work() as session:
        why = Suspension(email, reason, "550 boîte inconnue", NOW, "Serveur")
        assert suspend(session.connection(), office.id, why)


def is_stopped(database: Database, office: Office, email: str) -> bool:
    with database.reading() as session:
        return suspension_of(session.connection(), office.id, email) is not None


def reachable(database: Database, office: Office) -> list[str]:
    """Everybody has an address."""
    with database.unit_of_work() as session:
        own = func.concat("personne", _P.c.id, "@example.org")
        given = update(_P).where(_P.c.organisme_id == office.id).values(email=own)
        return list(session.connection().execute(given.returning(_P.c.email)).scalars())


def screens(holds: Holdings) -> tuple[str, ...]:
    structure = f"/structures/{holds.structure}"
    return (
        f"/dossiers/{holds.dossier}",
        f"/dossiers/{holds.dossier}/porteur",
        f"/courriers/{holds.courrier}",
        structure,
        f"{structure}/contacts/{holds.contact}",
    )


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_each_screen_of_a_person_says_it_and_lifts_it(
    charge: Visitor,
    lecteur: Visitor,
    database: Database,
    office: Office,
    holds: Holdings,
    email: str,
) -> None:
    emails = [email, *reachable(database, office)]
    for screen in screens(holds):
        assert "Plus d’e-mail" not in charge.get(screen).text, screen
        for each in emails:
            stop(database, office, each)
        shown = unescape(charge.get(screen).text)
        assert "Plus d’e-mail à cette adresse" in shown, screen
        told = shown[shown.index("Plus d’e-mail à cette adresse") :]
        assert "depuis le" in told
        assert "550 boîte inconnue" in told
        if not screen.endswith("porteur") and "contacts" not in screen:
            assert "Plus d’e-mail" in unescape(lecteur.get(screen).text)
            assert "retablir" not in lecteur.get(screen).text
        stopped = told.split('name="adresse" value="')[1].split('"')[0]
        typed = {"adresse": stopped, "retour": told.split('name="retour" value="')[1].split('"')[0]}
        lifted = charge.post(f"{ADRESSES}/retablir", typed)
        assert (lifted.status_code, lifted.headers["location"]) == (303, screen)
        assert not is_stopped(database, office, stopped)
        for each in emails:
            charge.post(f"{ADRESSES}/retablir", {"adresse": each})


def test_the_list_of_letters_says_it_of_those_that_wait(
    charge: Visitor, database: Database, office: Office, email: str
) -> None:
    assert "Plus de rappels" not in charge.get("/courriers?vue=tous").text
    stop(database, office, email, RAPPELS)
    assert "Plus de rappels à cette adresse" in charge.get("/courriers?vue=tous").text


def test_a_colleague_notes_that_somebody_wants_no_more(
    charge: Visitor, database: Database, office: Office
) -> None:
    typed = {"adresse": "Anne@Example.org", "quoi": DEMANDE, "motif": "Par téléphone."}
    assert charge.post(ADRESSES, typed).headers["location"] == ADRESSES
    listed = unescape(charge.get(ADRESSES).text)
    assert "anne@example.org" in listed
    assert "Ne souhaite plus recevoir d’e-mail" in listed
    assert f"Noté par {office.people['charge_de_mission'].nom}." in listed
    again = charge.post(ADRESSES, {**typed, "quoi": RAPPELS})
    assert "On n’y écrivait déjà plus." in charge.get(again.headers["location"]).text
    assert charge.post(ADRESSES, {**typed, "adresse": "anne"}).status_code == 422
    assert charge.post(ADRESSES, {**typed, "quoi": "rebond"}).status_code == 422
    assert 'value="zoe@example.org"' in charge.get(f"{ADRESSES}?adresse=zoe@example.org").text
    elsewhere = {"adresse": "anne@example.org", "retour": "https://ailleurs.example/dossiers/1"}
    assert charge.post(f"{ADRESSES}/retablir", elsewhere).headers["location"] == ADRESSES
    assert not is_stopped(database, office, "anne@example.org")
