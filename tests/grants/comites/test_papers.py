"""The papers of a séance: read, signed, validated, verified; each says what it must, no more."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import timedelta

import pytest
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader
from sqlalchemy import Connection, update

from grants.comites.agenda import write_note
from grants.comites.deports import step_aside
from grants.comites.errors import NotOnTheAgenda, PaperRefused
from grants.comites.minutes import minutes_from, minutes_row, write_remarks
from grants.comites.papiers.attente import print_waiting
from grants.comites.papiers.emargement import signing_paper
from grants.comites.papiers.impression import minutes_pdf, minutes_word
from grants.comites.papiers.proces_verbal import extract_paper, minutes_of
from grants.comites.papiers.seance import note_paper, session_paper
from grants.comites.papiers.verification import Verdict, verify_minutes
from grants.comites.tables import ProcesVerbal, Seance
from grants.dossiers.tables import Dossier
from grants.organisation.tables import Organisme, Personne
from notifications.papers import Paper, print_paper
from tests.builders.agendas import Agenda
from tests.builders.commands import execute
from tests.builders.dossiers import Counter
from tests.builders.lettering import faults_of_pdf
from workflow.database import table_of
from workflow.journal_reading import lines_of

_PV = table_of(ProcesVerbal)
LONG = "Le budget est sincère, les devis sont récents, les habitants attendent. " * 120


def reader(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf), strict=True)


def words(pdf: bytes) -> str:
    """What the file says, on one line."""
    return " ".join(" ".join(page.extract_text() for page in reader(pdf).pages).split())


def bookmarks(pdf: bytes) -> list[tuple[str, int]]:
    found = reader(pdf)
    return [
        (str(each["/Title"]), (found.get_destination_page_number(each) or 0) + 1)
        for each in found.outline
        if isinstance(each, dict)
    ]


class Sitting(Agenda):
    """A séance with several dossiers, and what its papers say."""

    def note(self, dossier: int, **said: str) -> None:
        hearing = self.hearing
        with hearing.database.unit_of_work() as session:
            write_note(session, hearing.by, hearing.seance, dossier, said, hearing.now)

    def pack(self, hidden: Sequence[int] = ()) -> bytes:
        hearing = self.hearing
        with hearing.database.reading() as session:
            at = (hearing.by.organisme_id, hearing.seance, hearing.now)
            paper = session_paper(session.connection(), hearing.engine, *at, hidden=hidden)
        return print_paper(paper)

    def hold(self) -> None:
        """Everybody votes, one of them aside on the first dossier; the séance is closed."""
        hearing, (first, *others) = self.hearing, self.dossiers
        hearing.open()
        aside = hearing.members()[1]
        with hearing.database.unit_of_work() as session:
            at = (hearing.seance, first, aside.id)
            step_aside(session, hearing.siege(aside.id), *at, "vice-présidente", hearing.now)
        hearing.begin(first)
        for member in hearing.members():
            if member.id != aside.id:
                hearing.vote(first, member.id, "favorable", montant=1_500_000)
        hearing.close(first)
        said = {"motif": "Un budget à resserrer.", "reserves": ("Un bail signé",)}
        hearing.settle(first, "retenu", montant=1_200_000, **said)
        for dossier in others:
            hearing.hear(dossier, "refuse", motif="Hors du territoire.")
        with hearing.database.unit_of_work() as session:
            remarks = "Le comité salue Projet numéro 2."
            write_remarks(session, hearing.by, hearing.seance, remarks, hearing.now)
        hearing.do("clore")

    def validate(self) -> None:
        """The direction validates the minutes; their PDF is printed."""
        by, hearing = self.hearing.by, self.hearing
        hearing.by = self.office.identity()
        hearing.do("valider_pv")
        hearing.by = by
        assert print_waiting(hearing.database, hearing.now) == 1
        assert print_waiting(hearing.database, hearing.now) == 0

    def pdf(self) -> bytes:
        hearing = self.hearing
        with hearing.database.reading() as session:
            at = (hearing.by.organisme_id, hearing.seance, hearing.now)
            return minutes_pdf(session.connection(), *at)

    def verify(self, content: bytes, seance: int | None = None) -> Verdict:
        with self.hearing.database.reading() as session:
            return verify_minutes(session.connection(), content, seance)

    def extract(self, dossier: int) -> Paper:
        hearing = self.hearing
        with hearing.database.reading() as session:
            minutes = minutes_of(session.connection(), hearing.by.organisme_id, hearing.seance)
        return extract_paper(minutes, dossier, hearing.now)


@pytest.fixture
def database_kind() -> str:
    """One kind: each paper is had on both in `test_seances_papiers`."""
    return "sqlite"


@pytest.fixture
def sitting(counter: Counter) -> Sitting:
    made = Sitting(counter, 1)
    made.hearing.convene()
    return made


def test_the_pack_has_its_contents_its_bookmarks_and_two_pages_for_each_dossier(
    sitting: Sitting,
) -> None:
    first, second = sitting.dossiers
    sitting.note(first, note=LONG, avis_charge="Favorable.", vigilance="Le bail.", minutes="25")
    pdf = sitting.pack()
    assert faults_of_pdf(pdf) == []
    assert len(reader(pdf).pages) == 6
    assert bookmarks(pdf) == [
        ("Dossier de séance", 1),
        ("Un jardin partagé", 3),
        ("Projet numéro 2", 5),
    ]
    pages = [" ".join(page.extract_text().split()) for page in reader(pdf).pages]
    assert "Un jardin partagé" in pages[0]
    assert "40 000 €" in pages[2]
    assert "mairie" in pages[2]
    assert "Le budget est sincère" in pages[3]
    assert "Favorable." in pages[3]
    assert "[…]" in pages[3]
    hidden = words(sitting.pack(hidden=[second]))
    assert "Projet numéro 2" in hidden
    assert hidden.count("Projet numéro 2") == 1
    assert "Le budget est sincère" in hidden


def test_a_note_is_two_pages_and_of_a_dossier_on_the_agenda(
    sitting: Sitting, counter: Counter
) -> None:
    hearing = sitting.hearing

    def noted(connection: Connection, dossier: int) -> Paper:
        at = (hearing.by.organisme_id, hearing.seance, dossier, hearing.now)
        return note_paper(connection, hearing.engine, *at)

    with hearing.database.reading() as session:
        pdf = print_paper(noted(session.connection(), sitting.dossiers[0]))
        assert faults_of_pdf(pdf) == []
        assert len(reader(pdf).pages) == 2
    counter.dossier = 0
    counter.take_to("accompagnement")
    with hearing.database.reading() as session, pytest.raises(NotOnTheAgenda):
        noted(session.connection(), counter.dossier)


def test_the_sheet_is_to_be_signed_then_tells_the_hours(sitting: Sitting) -> None:
    hearing = sitting.hearing

    def sheet() -> str:
        with hearing.database.reading() as session:
            at = (hearing.by.organisme_id, hearing.seance, hearing.now)
            pdf = print_paper(signing_paper(session.connection(), *at))
        assert faults_of_pdf(pdf) == []
        return words(pdf)

    before = sheet()
    assert all(member.nom in before for member in hearing.members())
    assert "présentes" not in before
    first, second, third, *_ = [each.id for each in hearing.members()]
    hearing.note(third, "represente", pouvoir_a_id=first)
    hearing.open(first, second)
    hearing.now += timedelta(minutes=65)
    hearing.note(second, "present", leaves=True)
    after = sheet()
    assert f"pouvoir à {hearing.members()[0].nom}" in after
    assert "2 personnes présentes, 1 h 05 de présence en tout" in after


def test_the_minutes_are_drafted_validated_printed_once_and_verified(sitting: Sitting) -> None:
    hearing, (first, second) = sitting.hearing, sitting.dossiers
    with pytest.raises(PaperRefused):
        sitting.pdf()
    sitting.hold()
    draft = sitting.pdf()
    assert "n’est pas encore validé" in words(draft)
    assert "un projet" in sitting.verify(draft).sentence
    with pytest.raises(PaperRefused):
        sitting.extract(first)
    sitting.validate()
    pdf = sitting.pdf()
    assert faults_of_pdf(pdf) == []
    with hearing.database.reading() as session:
        row = minutes_row(session.connection(), hearing.seance)
        lines = lines_of(session.connection(), "seance", hearing.seance)
    assert row is not None
    told = words(pdf)
    assert row["empreinte"] in told
    assert row["ancre"] in told
    for said in (
        "s’est mis en retrait (vice-présidente)",
        "Décision. Retenu, 12 000 €.",
        "Le vote proposait : retenu, 15 000 €.",
        "Un bail signé",
        "Hors du territoire.",
        "Le comité salue Projet numéro 2.",
    ):
        assert said in " ".join(told.replace("\xa0", " ").replace("\u202f", " ").split()), said
    assert lines[0].event == "pdf_du_pv"
    assert lines[0].content["empreinte"] == row["empreinte_pdf"]
    # Rebuilt of the journal alone, they are what was frozen.
    rebuilt = minutes_from(reversed(lines))
    assert rebuilt == json.loads(row["donnees"])
    good = sitting.verify(pdf, hearing.seance)
    assert good.genuine, good.sentence
    assert "version antérieure" in sitting.verify(draft).sentence
    extract = print_paper(sitting.extract(second))
    assert faults_of_pdf(extract) == []
    told = words(extract)
    assert "Hors du territoire." in told
    for others in ("jardin", "salue", "Un bail signé"):
        assert others not in told
    assert "extrait" in sitting.verify(extract).sentence
    with pytest.raises(NotOnTheAgenda):
        sitting.extract(999_999)


def test_what_is_not_the_minutes_validated_is_told(sitting: Sitting, counter: Counter) -> None:
    hearing = sitting.hearing
    sitting.hold()
    sitting.validate()
    pdf = sitting.pdf()
    for at in (0, 40, len(pdf) // 3, pdf.index(b"tete=") + 9, len(pdf) - 60):
        altered = pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]
        verdict = sitting.verify(altered)
        assert not verdict.genuine
        assert "altéré" in verdict.sentence, (at, verdict.sentence)
    assert sitting.verify(b"bonjour").sentence == "Ce fichier n’est pas un PDF."
    assert "aucune séance d’ici" in sitting.verify(b"%PDF-1.7 ").sentence
    counter.dossier = 0
    counter.take_to("cts")
    assert counter.seance != hearing.seance
    assert "autre séance" in sitting.verify(pdf, counter.seance).sentence
    assert "n’existe pas" in sitting.verify(pdf, 999_999).sentence
    with hearing.database.unit_of_work() as session:
        change = update(_PV).where(_PV.c.seance_id == hearing.seance)
        session.connection().execute(change.values(empreinte="0" * 64))
    assert "le journal garde d’autres données" in sitting.verify(pdf).sentence


def test_names_that_change_afterwards_change_nothing_and_a_rewritten_journal_is_told(
    sitting: Sitting,
) -> None:
    hearing = sitting.hearing
    sitting.hold()
    sitting.validate()
    pdf = sitting.pdf()
    with hearing.database.unit_of_work() as session:
        for table, changed in (
            (Organisme, {"nom": "Un autre nom"}),
            (Personne, {"nom": "Une autre"}),
            (Dossier, {"titre": "Un autre titre"}),
            (Seance, {"lieu": "Ailleurs"}),
        ):
            session.connection().execute(update(table_of(table)).values(**changed))
    assert sitting.verify(pdf).genuine
    assert sitting.pdf() == pdf
    execute(
        hearing.database,
        "DROP TRIGGER journal_payload_erase_only",
        "UPDATE journal_payload SET content = replace(content, '1200000', '9900000')",
    )
    verdict = sitting.verify(pdf)
    assert not verdict.genuine
    assert "le journal de cette séance a été altéré" in verdict.sentence


def test_word_says_what_the_minutes_say_and_that_it_proves_nothing(sitting: Sitting) -> None:
    hearing = sitting.hearing
    sitting.hold()
    with hearing.database.reading() as session:
        connection = session.connection()
        made = minutes_word(connection, hearing.by.organisme_id, hearing.seance)
    document = Document(io.BytesIO(made))
    told = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "Projet, pas encore validé. Copie de travail" in told
    assert "Un budget à resserrer." in told
    assert "Le comité salue Projet numéro 2." in told
    languages = document.styles.element.iter(qn("w:lang"))
    assert {each.get(qn("w:val")) for each in languages} == {"fr-FR"}
    assert document.tables[0].cell(1, 0).text == hearing.members()[0].nom
