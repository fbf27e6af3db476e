"""A file taken over through its pages: sent, its columns said, checked, added, taken back."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from fastapi import FastAPI
from openpyxl import load_workbook
from sqlalchemy import func, select

from api.sendings import TABLE_BYTES
from grants.dossiers.tables import Dossier
from grants.reprise.columns import FAULTS_TITLE
from grants.reprise.files import MOST_MEGABYTES
from grants.reprise.tables import Reprise
from grants.structures.tables import Structure
from tests.builders.offices import Office
from tests.builders.tables_sent import csv_of, xlsx_of
from tests.builders.visitors import Answer, Clock, Visitor
from workflow.database import Database, table_of

LIST = "/parametres/reprises"
TITLES = ("Nom", "SIRET", "Commune", "Couleur")
GOOD = csv_of(TITLES, ("Les Semis", "73282932000074", "Sète", "vert"))
BAD = (TITLES, ("Les Semis", "1,23E+13", "Sète", "=1+1"), ("", "", "Agde", ""))


@pytest.fixture
def direction(visitor: Visitor, office: Office) -> Visitor:
    return visitor.enter(office.people["direction"], office.id)


def send(
    visitor: Visitor, content: bytes, subject: str = "structures", name: str = "suivi.csv"
) -> Answer:
    fields = {"csrf_token": visitor.token(), "sujet": subject}
    return visitor.client.post(LIST, data=fields, files={"fichier": (name, content)})


def chosen(html: str) -> dict[str, str]:
    """What the page says of each column."""
    found = {}
    for select_, inside in re.findall(r'<select[^>]*name="(colonne-\d+)"[^>]*>(.*?)</select>', html,
                                      re.DOTALL):  # fmt: skip
        option = re.search(r'value="([^"]*)" selected', inside)
        found[select_] = option[1] if option else ""
    return found


def sent_file(visitor: Visitor, content: bytes, subject: str = "structures") -> str:
    """Send a file and check its columns as they are guessed; its address."""
    answer = send(visitor, content, subject)
    assert answer.status_code == 303, answer.text
    url = answer.headers["location"]
    fields = chosen(visitor.get(url).text)
    assert visitor.post(f"{url}/colonnes", fields).status_code == 303
    return url


def count(database: Database, model: type[Any]) -> int:
    with database.reading() as session:
        query = select(func.count()).select_from(table_of(model))
        return session.connection().execute(query).scalar_one()


def test_a_file_goes_from_sent_to_added_and_back(direction: Visitor, database: Database) -> None:
    assert "Aucun fichier pour l’instant" in direction.get(LIST).text
    answer = send(direction, GOOD)
    url = answer.headers["location"]
    shown = direction.get(url).text
    assert chosen(shown) == {
        "colonne-0": "nom",
        "colonne-1": "siret",
        "colonne-2": "commune",
        "colonne-3": "",
    }
    assert "Les Semis" in shown
    assert "1\u00a0colonne ne sera pas reprise" in shown
    direction.post(f"{url}/colonnes", chosen(shown))
    checked = direction.get(url).text
    assert "Aucune anomalie" in checked
    assert count(database, Structure) == 0
    direction.post(f"{url}/lancer")
    done = direction.get(url).text
    assert "structure ajoutée" in done
    assert 'href="/structures/1"' in done
    assert "Les Semis" in direction.get("/structures").text
    assert "Données reprises d’un fichier" in direction.get("/parametres").text
    direction.post(f"{url}/annuler")
    assert "Ce qui avait été repris, puis retiré" in direction.get(url).text
    assert count(database, Structure) == 0
    assert "Annulé" in direction.get(LIST).text


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_faults_are_shown_by_cell_and_the_file_to_mend_has_them_all(
    direction: Visitor, kind: str
) -> None:
    content = csv_of(*BAD) if kind == "csv" else xlsx_of(*BAD)
    url = sent_file(direction, content)
    shown = direction.get(url).text
    for said in ("B2", "A3", "1,23E+13", "Le tableur a abrégé ce numéro", "Reprendre ces données"):
        assert (said in shown) == (said != "Reprendre ces données")
    assert direction.post(f"{url}/lancer").status_code == 409
    given = direction.get(f"{url}/anomalies")
    assert given.headers["content-disposition"].endswith(f'.{kind}"')
    rows = read(given.content, kind)
    assert rows[0] == [*TITLES, FAULTS_TITLE]
    assert rows[1][:3] == ["Les Semis", "1,23E+13", "Sète"]
    assert "B (SIRET) : Le tableur a abrégé ce numéro" in rows[1][-1]
    assert "A (Nom) : Ce champ est à renseigner." in rows[2][-1]


def read(content: bytes, kind: str) -> list[list[str]]:
    if kind == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    sheet: Any = load_workbook(io.BytesIO(content)).active
    return [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_file_that_was_mended_is_taken(
    direction: Visitor, database: Database, kind: str
) -> None:
    content = csv_of(*BAD) if kind == "csv" else xlsx_of(*BAD)
    rows = read(direction.get(f"{sent_file(direction, content)}/anomalies").content, kind)
    rows[1][1], rows[2][0] = "73282932000074", "Roue Libre"
    mended = csv_of(*rows, encoding="utf-8-sig") if kind == "csv" else xlsx_of(*rows)
    url = sent_file(direction, mended)
    assert "Aucune anomalie" in direction.get(url).text
    direction.post(f"{url}/lancer")
    assert count(database, Structure) == 2


def test_a_formula_of_the_file_never_runs_in_the_file_to_mend(direction: Visitor) -> None:
    url = sent_file(direction, csv_of(TITLES, ("", "1", "", "=cmd|' /C calc'!A0")))
    text = direction.get(f"{url}/anomalies").content.decode("utf-8-sig")
    assert ";'=cmd" in text
    url = sent_file(direction, xlsx_of(TITLES, ("", "1", "", "@SUM(1)")))
    sheet: Any = load_workbook(io.BytesIO(direction.get(f"{url}/anomalies").content)).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}


def test_another_sheet_or_another_row_of_titles_is_read(direction: Visitor) -> None:
    more = {"Vraie": [("Titre",), ("Nom",), ("A",)]}
    answer = send(direction, xlsx_of(("Nom", "SIRET"), ("B", ""), more=more))
    url = answer.headers["location"]
    assert chosen(direction.get(url).text) == {"colonne-0": "nom", "colonne-1": "siret"}
    direction.post(f"{url}/feuille", {"feuille": "Vraie", "entete": "2"})
    assert chosen(direction.get(url).text) == {"colonne-0": "nom"}
    for wrong in ({"feuille": "Rien", "entete": "1"}, {"feuille": "Vraie", "entete": "9"}):
        assert direction.post(f"{url}/feuille", wrong).status_code == 422


def test_columns_that_cannot_be_are_told_beside_them_and_kept(direction: Visitor) -> None:
    url = send(direction, GOOD).headers["location"]
    answer = direction.post(f"{url}/colonnes", {"colonne-0": "nom", "colonne-1": "nom"})
    assert answer.status_code == 422
    assert "est déjà donné par une autre colonne" in answer.text
    assert chosen(answer.text)["colonne-1"] == "nom"
    nameless = direction.post(f"{url}/colonnes", {"colonne-1": "siret"})
    assert nameless.status_code == 422
    assert "Dites quelle colonne donne" in nameless.text


WRONG: Mapping[str, tuple[bytes, str]] = {
    "empty": (b"", "est vide"),
    "blank": (b" \n", "est vide"),
    "old format": (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), ".xls"),
    "binary": (bytes(range(256)) * 8, "ne peuvent pas être lus"),
    "cut": (xlsx_of(("Nom",))[:900], "abîmé"),
    "wide": (csv_of([f"c{n}" for n in range(1000)]), "200 colonnes"),
}


@pytest.mark.parametrize(("content", "said"), WRONG.values(), ids=WRONG)
def test_a_file_that_cannot_be_read_is_told_beside_its_field(
    direction: Visitor, database: Database, content: bytes, said: str
) -> None:
    answer = send(direction, content)
    assert answer.status_code == 422
    error = re.search(r'id="fichier-erreur">(.*?)</span></span>', answer.text, re.DOTALL)
    assert error
    assert said in re.sub("<[^>]*>", "", error[1]).replace("’", "'")
    assert count(database, Reprise) == 0


def test_a_file_too_big_is_refused_while_it_comes(direction: Visitor, database: Database) -> None:
    assert send(direction, b"Nom\n" + b"a\n" * (MOST_MEGABYTES * 1024 * 512)).status_code == 422
    seen: list[int] = []

    def body() -> Any:
        for _ in range(200):
            seen.append(1024 * 1024)
            yield bytes(1024 * 1024)

    answer = direction.client.post(
        LIST, content=body(), headers={"content-type": "multipart/form-data; boundary=x"}
    )
    assert answer.status_code == 413
    assert TABLE_BYTES < 16 * 1024 * 1024
    assert count(database, Reprise) == 0


@pytest.mark.parametrize("name", ["../../etc/passwd.csv", "a\nb.csv", "é" * 300, "<script>.csv"])
def test_a_file_s_name_is_only_ever_a_word_on_the_page(
    direction: Visitor, database: Database, name: str
) -> None:
    answer = send(direction, GOOD, name=name)
    assert answer.status_code == 303
    shown = direction.get(answer.headers["location"]).text
    assert "<script>.csv" not in shown
    with database.reading() as session:
        kept = session.connection().execute(select(table_of(Reprise).c.nom)).scalar_one()
    assert "/" not in kept
    assert kept.isprintable()
    assert len(kept) <= 200


def test_the_same_file_again_says_when_it_was_taken(direction: Visitor) -> None:
    url = sent_file(direction, GOOD)
    direction.post(f"{url}/lancer")
    answer = send(direction, GOOD)
    assert answer.status_code == 422
    assert "Ce fichier a déjà été repris le 12 mars 2026" in answer.text


def test_each_model_may_be_downloaded_and_an_unknown_one_does_not_exist(
    direction: Visitor,
) -> None:
    links = re.findall(rf'href="({LIST}/modeles/[^"]+)"', direction.get(LIST).text)
    assert len(links) > 3
    for link in links:
        answer = direction.get(link)
        assert load_workbook(io.BytesIO(answer.content)).sheetnames[0] == "À remplir"
        assert answer.headers["content-disposition"].startswith("attachment")
    assert direction.get(f"{LIST}/modeles/rien").status_code == 404


def test_a_file_given_up_is_forgotten(direction: Visitor, database: Database) -> None:
    url = sent_file(direction, csv_of(*BAD))
    assert direction.post(f"{url}/abandonner").status_code == 303
    with database.reading() as session:
        row = session.connection().execute(select(table_of(Reprise))).mappings().one()
    assert (row["contenu"], row["anomalies"], row["etat"]) == (None, None, "abandonnee")
    assert direction.get(f"{url}/anomalies").status_code == 404
    for address in ("lancer", "annuler", "abandonner", "colonnes"):
        assert direction.post(f"{url}/{address}").status_code == 409


def test_dossiers_are_on_the_list_and_their_history_says_where_they_come_from(
    direction: Visitor, database: Database, clock: Clock
) -> None:
    rows = (("Projet", "Contact", "Accueil"), ("Garage", "12/03/2009", "02/04/2009"))
    url = sent_file(direction, csv_of(*rows), "dossiers-microprojets")
    direction.post(f"{url}/lancer")
    assert count(database, Dossier) == 1
    assert "Garage" in direction.get("/liste").text
    shown = direction.get("/dossiers/1").text
    assert "Étape reprise d’un fichier" in shown
    assert "Dossier repris d’un fichier" in shown
    assert "Date reprise du fichier" in shown


def test_work_under_way_is_shown_with_a_way_to_look_again(
    direction: Visitor, database: Database
) -> None:
    from grants.reprise.progress import WORKER

    url = send(direction, GOOD).headers["location"]
    table = table_of(Reprise)
    states: Sequence[tuple[str, str]] = (
        ("verification", "1 000 lignes sur 2 000"),
        ("ecriture", "Tout est enregistré d’un coup"),
        ("annulation", "Tout est retiré d’un coup"),
    )
    for etat, said in states:
        written = {"etat": etat, "travailleur": WORKER, "fait": 1000, "total": 2000}
        with database.unit_of_work() as session:
            session.connection().execute(table.update().values(written))
        shown = direction.get(url).text
        assert said in re.sub("[\u00a0\u202f]", " ", shown)
        assert "hx-trigger" in shown
        assert "Où en est-ce" in shown
        assert direction.post(f"{url}/lancer").status_code == 409
    with database.unit_of_work() as session:
        session.connection().execute(table.update().values(etat="ecriture", travailleur="x:1:y"))
    shown = direction.get(url).text
    assert "le programme a été relancé" in shown
    assert "Vérifier" in shown


def test_a_field_that_is_not_asked_is_refused(direction: Visitor, app: FastAPI) -> None:
    url = send(direction, GOOD).headers["location"]
    for address in ("colonnes", "feuille", "lancer", "annuler", "abandonner"):
        answer = direction.post(f"{url}/{address}", {"montant_cache": "1"})
        assert answer.status_code == 422
        assert "montant_cache" in answer.text
