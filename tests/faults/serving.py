"""An application in this process, over a database that is about to fail."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from sqlalchemy import text

from api.main import create_app
from api.rendering import Pages
from api.schema import JOURNAL_OWNERS
from api.settings import Settings
from grants.dossiers.pieces.storage import Storage
from tests.builders.access import UPLOADS
from tests.builders.addresses import ADDRESSES, Address, values_of
from tests.builders.documents import pdf
from tests.builders.offices import QUICK_PASSWORDS, furnish, make_office
from tests.builders.papers import handed
from tests.builders.visitors import Answer, Clock, Visitor
from workflow.database import Database
from workflow.journal_check import verify

# Refused, or answered, before anything is written: nothing to take back, two names for one
# structure, nothing left to go on with, a logo and a list that are no files of theirs, a letter
# that is only looked at, letters that have each an outcome of their own, minutes that are compared.
BY_A_LINK = ("/ma-seance/", "/ma-consultation/")
ELSEWHERE = {
    "/seances/verifier",
    "/annuler",
    "/dossiers/{dossier_id}/financement/solde",
    "/lots/{lot_id}/suite",
    "/parametres/reprises",
    "/structures/{structure_id}/fusionner",
    "/acces",
    "/acces/{acces}",
    "/acces/{acces}/nouveau",
    *(each.path for each in ADDRESSES if each.path.startswith(BY_A_LINK)),
    "/connexion",
    "/demarrage",
    "/demarrage/code",
    "/demarrage/demonstration",
    "/reinitialisation/{jeton}",
    "/parametres/logo",
    "/parametres/signature",
    "/parametres/modeles/{lettre}/apercu",
    "/parametres/modeles/{lettre}/lettre.pdf",
    "/courriers/lot",
    "/dossiers/nouveau",
    "/dossiers/nouveau/proches",
}


@dataclass
class Served:
    """An application over one database, and the direction of its organisme, signed in."""

    url: str
    database: Database
    visitor: Visitor
    values: dict[str, str]
    token: str

    def ask(self, address: Address) -> Answer:
        """Take one address as a visitor would."""
        url = address.url(self.values)
        if address.method == "GET":
            return self.visitor.get(url + QUERIES.get(address.path, "").format_map(self.values))
        form = {**FORMS.get(address.path, {}), "csrf_token": self.token}
        if address.path in UPLOADS:
            return self.visitor.client.post(url, data=form, files=UPLOADS[address.path])
        return self.visitor.post(url, form)

    def move(self) -> Answer:
        """A move that writes to six tables."""
        return self.ask(Address("POST", "/dossiers/{dossier_id}/actions/{action}"))

    def note(self, words: str = "Une note.") -> Answer:
        """A note on the dossier, which can be written again and again."""
        url = f"/dossiers/{self.values['dossier_id']}/notes"
        return self.visitor.post(url, {"texte": words, "csrf_token": self.token})

    def is_sound(self) -> bool:
        """Whether every chain of the journal verifies."""
        with self.database.reading() as session:
            return verify(session.connection(), JOURNAL_OWNERS).sound


QUERIES = {"/courriers/impression": "?courrier={courrier_id}"}
FORMS = {
    "/dossiers/{dossier_id}/pieces/{piece}/correction": {"motif": "illisible"},
    "/dossiers/{dossier_id}/pieces/{piece}/validation": {"date_document": "2026-03-01"},
    "/dossiers/{dossier_id}/actions/{action}": {"rendez_vous": "2026-05-04T10:30"},
    "/dossiers/{dossier_id}/fiches/{sheet}": {"titre": "Un autre titre"},
    "/dossiers/{dossier_id}/notes": {"texte": "Une note."},
    "/dossiers/{dossier_id}/porteur": {"nom": "Un nom", "email": "un.nom@example.org"},
    "/dossiers/{dossier_id}/rendez-vous": {"rendez_vous": "2026-05-04T10:30"},
    "/structures/nouvelle": {"nom": "Une structure", "continuer": "1"},
    "/structures/{structure_id}/modifier": {"nom": "Un autre nom"},
    "/structures/{structure_id}/contacts": {"nom": "Un contact"},
    "/agenda/lien": {"portee": "tous"},
    "/parametres/modeles/{lettre}": {"objet": "Un objet", "texte": "Madame, Monsieur,"},
    "/parametres/equipe/{compte_id}/role": {"role": "assistant"},
}


@contextmanager
def serving(url: str, folder: Path, pages: Pages) -> Generator[Served]:
    database = Database(url)
    with database.unit_of_work() as session:
        office = make_office(session)
        values = values_of(session, office, furnish(session, office))
        personne = text("UPDATE personne SET email = 'porteur@example.org' WHERE nom = 'Porteur'")
        session.connection().execute(personne)
    settings = Settings(data_folder=folder, database_url=url, secret="s" * 40)
    Storage(settings.files_folder).put(handed("devis").stored, BytesIO(pdf()))
    app = create_app(
        settings, clock=Clock(), database=database, passwords=QUICK_PASSWORDS, pages=pages
    )
    visitor = Visitor(app).enter(office.people["direction"], office.id)
    yield Served(url, database, visitor, values, visitor.token())
    database.dispose()


def told(answer: Answer, sentence: str) -> bool:
    """Whether this is our page of a database in trouble, and says this of it."""
    shown = answer.text.replace("\xa0", " ").replace("\u202f", " ").replace("’", "'")
    return answer.status_code == 503 and 'lang="fr"' in shown and sentence in shown
