"""The letters on screen: validated as they were shown, stopped, refused with what they lack."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select, update

from api.pages import courriers
from grants.relances.envois import Choice
from notifications.courrier_table import Courrier
from tests.builders.courriers import read
from tests.builders.offices import Holdings, Office
from tests.builders.visitors import Visitor
from workflow.database import Database, table_of
from workflow.errors import DatabaseBusy

_M = table_of(Courrier)


def papers(page: str) -> dict[str, str]:
    """What the gestures of a letter's page carry."""
    found = re.findall(r'name="(lock_version|affiche)" value="([^"]*)"', page)
    return dict(found)


def change(database: Database, id: int, **values: Any) -> None:
    with database.unit_of_work() as session:
        session.connection().execute(update(_M).where(_M.c.id == id).values(values))


def plain(page: str) -> str:
    """Without the typography that pages add."""
    return " ".join(unescape(page).split())


def without(database: Database, id: int, *names: str) -> None:
    """Behind everybody's back: a letter that does not know these values."""
    context = json.loads(read(database, id)["context"])
    for name in names:
        context["dossier"].pop(name, None)
    change(database, id, context=json.dumps(context))


def test_a_decision_leaves_as_it_was_shown(
    charge: Visitor, database: Database, office: Office, holds: Holdings
) -> None:
    url = f"/courriers/{holds.courrier}"
    shown = charge.get(url)
    asked = papers(shown.text)
    assert charge.post(f"{url}/envoyer", asked).headers["location"] == url
    sent = read(database, holds.courrier)
    assert (sent["state"], sent["digest"]) == ("pret", asked["affiche"])
    assert sent["validated_by"] == office.people["charge_de_mission"].nom
    assert sent["subject_line"] in unescape(shown.text)
    assert charge.post(f"{url}/envoyer", papers(charge.get(url).text)).status_code == 409


def test_a_text_that_is_not_the_one_that_was_read_does_not_leave(
    charge: Visitor, database: Database, holds: Holdings
) -> None:
    url = f"/courriers/{holds.courrier}"
    asked = papers(charge.get(url).text)
    answer = charge.post(f"{url}/envoyer", {**asked, "affiche": "0" * 64})
    assert answer.status_code == 409
    assert "n’est plus celui qui était affiché" in answer.text
    old = charge.post(f"{url}/annuler", {**asked, "lock_version": "99"})
    assert old.status_code == 409
    assert read(database, holds.courrier)["state"] == "a_valider"


def test_a_letter_that_lacks_a_value_says_which_and_does_not_leave(
    charge: Visitor, database: Database, holds: Holdings
) -> None:
    without(database, holds.courrier, "montant_accorde")
    url = f"/courriers/{holds.courrier}"
    shown = charge.get(url)
    assert "Ce courrier ne peut pas encore partir" in shown.text
    assert f"{url}/envoyer" not in shown.text
    answer = charge.post(f"{url}/envoyer")
    assert answer.status_code == 409
    for told in (shown, answer):
        assert "« Montant accordé »" in plain(told.text)
        assert "dossier.montant_accorde" not in told.text
    (link,) = re.findall(r'<li><a href="([^"]*)">«[^<]*Montant accordé', shown.text)
    assert link == f"/dossiers/{holds.dossier}#actions"
    assert read(database, holds.courrier)["state"] == "a_valider"


def test_a_batch_tells_each_outcome(
    charge: Visitor, database: Database, holds: Holdings, office: Office
) -> None:
    with database.unit_of_work() as session:
        connection = session.connection()
        row = dict(connection.execute(select(_M).where(_M.c.id == holds.courrier)).mappings().one())
        del row["id"]
        row |= {"subject_seq": row["subject_seq"] + 1}
        twin = connection.execute(_M.insert().values(row).returning(_M.c.id)).scalar_one()
    without(database, twin, "montant_accorde")
    ticked = {"courrier": [str(holds.courrier), str(twin)], "geste": "envoyer", "vue": "tous"}
    answer = charge.post("/courriers/lot", ticked)
    told = charge.get(answer.headers["location"]).text
    assert "1 courrier envoyé" in told.replace("\xa0", " ").replace("\u202f", " ")
    assert "il manque" in told
    assert read(database, holds.courrier)["state"] == "pret"
    assert read(database, twin)["state"] == "a_valider"
    assert charge.post("/courriers/lot", {"geste": "envoyer"}).status_code == 409


def test_a_batch_stops_at_a_database_in_trouble_and_says_so_once(
    charge: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    def in_trouble(_house: object, _visit: object, choice: Choice) -> None:
        tried.append(choice.id)
        raise DatabaseBusy

    monkeypatch.setattr(courriers, "_send", in_trouble)
    ticked = {"courrier": ["7", "8", "9"], "geste": "envoyer", "vue": "tous"}
    answer = charge.post("/courriers/lot", ticked)
    told = plain(charge.get(answer.headers["location"]).text)
    assert "0 courrier envoyé. 3 non : La base de données est occupée." in told
    assert told.count("La base de données est occupée") == 1
    assert tried == [7]


def test_it_may_be_printed_then_marked_as_posted(
    charge: Visitor, database: Database, holds: Holdings
) -> None:
    url = f"/courriers/{holds.courrier}"
    for gesture, state in (("imprimer", "prepare"), ("envoyer", "pret"), ("poste", "envoye")):
        assert charge.post(f"{url}/{gesture}").status_code == 303
        assert read(database, holds.courrier)["state"] == state
    printed = charge.get(f"/courriers/impression?courrier={holds.courrier}")
    assert printed.content.startswith(b"%PDF-")
    assert charge.get(f"{url}/lettre.pdf").headers["content-type"] == "application/pdf"


def test_a_lecteur_reads_and_does_not_send(
    lecteur: Visitor, database: Database, holds: Holdings
) -> None:
    url = f"/courriers/{holds.courrier}"
    shown = lecteur.get(url)
    assert shown.status_code == 200
    assert "/envoyer" not in shown.text
    assert lecteur.post(f"{url}/envoyer").status_code == 403
    assert read(database, holds.courrier)["state"] == "a_valider"


def test_the_letter_of_another_organisme_does_not_exist(
    charge: Visitor, database: Database, other_holds: Holdings
) -> None:
    theirs = other_holds.courrier
    for tail in ("", "/courriel", "/lettre.pdf", "/fichiers/lettre.pdf"):
        assert charge.get(f"/courriers/{theirs}{tail}").status_code == 404
    assert charge.get(f"/courriers/impression?courrier={theirs}").status_code == 404
    assert charge.post(f"/courriers/{theirs}/annuler").status_code == 404
