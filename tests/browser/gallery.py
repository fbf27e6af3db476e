"""Every page that the application shows, with the addresses where a filled organisme sees it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fastapi.routing import APIRoute
from playwright.sync_api import Page, expect
from sqlalchemy import Connection, delete, func, select, update
from sqlmodel import Session

from api.composition import default_engine
from api.pages import ROUTERS
from api.papers import OF_A_DOSSIER, OF_A_SEANCE
from api.presentation.comites import LIST as COMITES
from api.presentation.enveloppes import LIST as ENVELOPPES
from api.presentation.seances import LIST as SEANCES
from grants.adherents.tables import Adherent
from grants.comites.tables import Seance
from grants.demonstration.comptes import PASSWORD, DemoAccount, demonstration_accounts
from grants.demonstration.replay import load_demonstration
from grants.dossiers.etiquettes.service import find_or_create_tag, tag_dossier
from grants.dossiers.listes.vues import save_vue
from grants.dossiers.lots.preparation import Chosen, open_lot
from grants.dossiers.lots.tables import Lot
from grants.dossiers.pieces.storage import Storage
from grants.dossiers.pieces.tables import Fichier, Piece
from grants.dossiers.tables import Dossier
from grants.dossiers.taches.tables import Tache
from grants.interventions.tables import Intervention
from grants.organisation.identity import Identity
from grants.organisation.jetons import ECRITURE, LECTURE, make_token, revoke_token, tokens_of
from grants.organisation.roles import DIRECTION, ROLES
from grants.organisation.tables import Adhesion, Compte, Personne
from grants.reprise.service import Sent, receive
from grants.reprise.tables import Reprise
from grants.structures.tables import Contact
from notifications.courrier_table import Courrier
from notifications.outbox import A_COMPLETER, A_VALIDER, ECHEC, PREPARE, Occasion
from notifications.suspensions import REBOND, Suspension, suspend
from notifications.webhook_tables import Annonce
from notifications.webhooks import ABANDONNEE, ENVOYEE, announce, sendings_of, subscribe
from tests.browser.consulted import OF_THE_DLA, of_the_dla
from tests.browser.sittings import give_an_enveloppe, of_the_comites, of_the_seances
from tests.builders.adherents import an_adherent
from tests.builders.offices import LETTER
from tests.builders.reprises import ROWS, faulty_reprise
from tests.builders.site import Site
from tests.builders.tables_sent import csv_of
from workflow.database import table_of
from workflow.echeance_table import Echeance
from workflow.echeances import PREVUE, SUSPENDUE

#: Pages that anybody sees, looked at apart.
AT_THE_DOOR = frozenset(
    {
        *("/connexion", "/demarrage", "/reinitialisation/{jeton}", "/rappels/{rappel}"),
        *("/acces", "/acces/{acces}", "/ma-seance/{seance_id}"),
        "/ma-seance/{seance_id}/dossiers/{dossier_id}",
        "/ma-seance/{seance_id}/presidence",
        "/ma-consultation/{consultation_id}",
    }
)
#: Addresses that answer with something else than a page of their own.
NO_PAGE = frozenset(
    {
        "/",
        "/healthz",
        "/agenda/{lien}.ics",
        "/courriers/impression",
        "/courriers/{courrier_id}/courriel",
        "/courriers/{courrier_id}/lettre.pdf",
        "/courriers/{courrier_id}/fichiers/{name}",
        "/parametres/modeles/{lettre}/apercu",
        "/organismes/{organisme_id}/logo",
        "/dossiers/{dossier_id}/fichiers/{fichier_id}",
        "/dossiers/{dossier_id}/fichiers/{fichier_id}/contenu",
        "/liste/export.csv",
        "/adherents/export.xlsx",
        "/adherents/export.csv",
        "/prestataires/export.xlsx",
        "/prestataires/export.csv",
        # A redirection, a document, a PDF; the choice is looked at in the story of a mission.
        "/dossiers/{dossier_id}/consultation",
        "/consultations/{consultation_id}/offres/{offre_id}/document",
        "/consultations/{consultation_id}/choisir",
        "/missions/{mission_id}/bon-de-commande.pdf",
        "/liste/export.xlsx",
        "/interventions/export.csv",
        "/interventions/export.xlsx",
        "/parametres/signature",
        "/ma-seance/{seance_id}/dossier-de-seance.pdf",
        "/ma-seance/{seance_id}/presidence/proces-verbal.pdf",
        *(f"/seances/{{seance_id}}/{name}" for name in OF_A_SEANCE),
        *(f"/seances/{{seance_id}}/dossiers/{{dossier_id}}/{name}" for name in OF_A_DOSSIER),
        "/parametres/reprises/modeles/{modele}",
        "/parametres/reprises/{reprise_id}/anomalies",
    }
)
#: What is refused to a person who only reads, the parameters apart.
WRITING = frozenset(
    {
        "/dossiers/nouveau",
        "/dossiers/{dossier_id}/porteur",
        "/taches/{task_id}",
        "/interventions/{intervention_id}",
        "/structures/nouvelle",
        "/structures/{structure_id}/modifier",
        "/structures/{structure_id}/contacts/{contact_id}",
        "/structures/{structure_id}/fusionner",
        "/seances/nouvelle",
        "/seances/{seance_id}/modifier",
        "/seances/{seance_id}/dossiers/{dossier_id}/note",
        "/comites/nouveau",
        "/comites/{comite_id}/modifier",
        "/comites/{comite_id}/membres/nouveau",
        "/comites/{comite_id}/membres/{membre_id}",
        "/adherents/nouveau",
        "/adherents/{adherent_id}/modifier",
        "/prestataires/nouveau",
        "/prestataires/{prestataire_id}/modifier",
        "/consultations/{consultation_id}/modifier",
        "/consultations/{consultation_id}/prestataires",
        "/enveloppes/nouvelle",
        "/enveloppes/{enveloppe_id}",
    }
)
GENERAL = (
    "/aujourdhui",
    "/agenda",
    "/agenda?forme=liste",
    "/courriers",
    "/courriers?vue=tous",
    "/courriers/adresses",
    "/tableau",
    "/interventions",
    "/interventions/liste",
    "/liste",
    "/liste/colonnes",
    "/liste/vues",
    "/liste/vues/nouvelle",
    "/dossiers/nouveau",
    "/compte/jetons",
    "/structures",
    "/structures/nouvelle",
    "/seances",
    "/seances/nouvelle",
    "/seances/verifier",
    "/comites",
    "/comites/nouveau",
    "/adherents",
    "/adherents/nouveau",
    "/prestataires",
    "/prestataires/nouveau",
    "/enveloppes",
    "/enveloppes/nouvelle",
    "/pilotage",
    "/aide",
    "/recherche",
    "/recherche?q=jadrin",
    "/parametres",
    "/parametres/equipe",
    "/parametres/dispositifs",
    "/parametres/reprises",
    "/parametres/annonces",
    "/parametres/modeles",
    "/parametres/sante",
)
_L, _D, _S, _C = (table_of(each) for each in (Courrier, Dossier, Seance, Contact))
_F, _K = table_of(Fichier), table_of(Piece)
_X, _M = table_of(Intervention), table_of(Adherent)
_N, _E, _P = (table_of(each) for each in (Annonce, Echeance, Personne))
_T, _U, _A, _R = (table_of(each) for each in (Tache, Compte, Adhesion, Reprise))


@dataclass(frozen=True, slots=True)
class Place:
    """An address, and the route that it takes."""

    route: str
    url: str

    @property
    def is_for_readers(self) -> bool:
        """Whether somebody who only reads sees this page."""
        return self.route not in WRITING


@dataclass(frozen=True, slots=True)
class Gallery:
    """An installation to be looked at, and who to sign in as in the filled organisme, by role."""

    site: Site
    emails: Mapping[str, str]


def page_routes() -> set[str]:
    """The routes of the application's pages, the door's apart."""
    found = {
        route.path
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and "GET" in (route.methods or ())
    }
    return found - AT_THE_DOOR - NO_PAGE


def fill(site: Site) -> Mapping[str, str]:
    """Load the living demonstration, empty the other organisme; who to sign in as, by role."""
    files = Storage(site.files_folder)
    load_demonstration(site.database, site.engine, datetime.now(UTC), files, only="vivante")
    with site.database.unit_of_work() as session:
        connection = session.connection()
        connection.execute(delete(_S).where(_S.c.organisme_id == site.organisme_id))
        accounts = demonstration_accounts(connection)
        chief = _chief(connection, accounts)
        _send_a_file(session, site, chief)
        _choose_some(session, chief)
        _open_to_programs(session, chief)
        _write_to_nobody(connection, chief)
        give_an_enveloppe(session, chief)
        mine = select(func.min(_C.c.structure_id)).where(_C.c.organisme_id == chief.organisme_id)
        an_adherent(session, chief, connection.execute(mine).scalar_one())
    return {account.role: account.email for account in reversed(accounts)}


def _chief(connection: Connection, accounts: list[DemoAccount]) -> Identity:
    """The direction of the filled organisme, at work."""
    chief = next(each.email for each in accounts if each.role == ROLES[DIRECTION])
    query = select(_U.c.id, _A.c.organisme_id).join(_A, _A.c.compte_id == _U.c.id)
    row = connection.execute(query.where(_U.c.email == chief)).one()
    return Identity(row.organisme_id, row.id, "Direction", DIRECTION)


def _send_a_file(session: Session, site: Site, who: Identity) -> None:
    """A file to take over, with something to mend, and one whose columns are to be looked at."""
    faulty_reprise(session, site.engine, who, datetime.now(UTC))
    sent = Sent("structures", "structures.csv", csv_of(*ROWS, ("Roue Libre", "", "Agde", "bleu")))
    receive(session, site.engine, who, sent, datetime.now(UTC))


def _choose_some(session: Session, who: Identity) -> None:
    """Two dossiers chosen on the list, a view, an étiquette."""
    now = datetime.now(UTC)
    ids = select(_D.c.id).where(_D.c.organisme_id == who.organisme_id).limit(2)
    two = list(session.connection().execute(ids).scalars())
    open_lot(session, who, Chosen(two, back="departement=34"), now, "un-lot-a-regarder")
    save_vue(session, who, "Hérault", "departement=34", ("etape", "seance"), partagee=True)
    tag = find_or_create_tag(session, who, "À rappeler")
    tag_dossier(session, default_engine(), who, two[0], tag, now)


def _open_to_programs(session: Session, who: Identity) -> None:
    """A token in use and one that ended; an address told of moves, each told otherwise."""
    now = datetime.now(UTC)
    for nom, portee in (("Tableau de bord", LECTURE), ("Ancien tableur", ECRITURE)):
        make_token(session, who, {"nom": nom, "portee": portee, "jours": "90"}, now)
    connection = session.connection()
    ended = tokens_of(connection, who)[0]
    revoke_token(session, who, ended.id, now)
    url = f"https://outil.exemple.fr/{'mouvements/' * 9}"
    subscribe(session, who.organisme_id, url, now, local=False)
    states = ({"state": ENVOYEE, "sent_at": now}, {"state": ABANDONNEE, "fault": "Réponse 500"}, {})
    for seq, state in enumerate(states, 1):
        announce(connection, Occasion(who.organisme_id, "dossier", 1, seq, now), "mouvement", {})
        newest = sendings_of(connection, who.organisme_id)[0].id
        told = {"due_at": now + timedelta(days=1), "attempts": seq, **state}
        connection.execute(update(_N).where(_N.c.id == newest).values(told))


def _write_to_nobody(connection: Connection, who: Identity) -> None:
    """A letter that lacks a value, one whose reader wants no more, a reminder that waits."""
    now = datetime.now(UTC)
    prepared = select(*_L.c).where(_L.c.tenant_id == who.organisme_id, _L.c.state == PREPARE)
    lacking, waiting, failed = connection.execute(prepared.limit(3)).mappings()
    context = json.dumps({**json.loads(lacking["context"]), "dossier": {}})
    for row, told in (
        (lacking, {"state": A_COMPLETER, "missing": "dossier.titre", "context": context}),
        (waiting, {"state": A_VALIDER}),
        (failed, {"state": ECHEC, "answer": "550 5.1.1 inconnu", "attempts": 2}),
    ):
        connection.execute(update(_L).where(_L.c.id == row["id"]).values(told))
    people = select(_P.c.email).where(_P.c.organisme_id == who.organisme_id)
    reached = connection.execute(people.where(_P.c.email.is_not(None))).scalars()
    for each in {waiting["recipient_email"], *reached}:
        suspend(connection, who.organisme_id, Suspension(each, REBOND, "550 inconnu", now, "SMTP"))
    for soon in (select(func.min(_E.c.id)), select(func.max(_E.c.id))):
        mine = soon.where(_E.c.tenant_id == who.organisme_id, _E.c.state == PREVUE)
        held = update(_E).where(_E.c.id == mine.scalar_subquery())
        connection.execute(held.values(state=SUSPENDUE, due_at=now + timedelta(hours=1)))


def letters_of(site: Site, organisme_email: str) -> list[str]:
    """The address of a letter in each state, in the organisme of somebody."""
    query = (
        select(func.min(_L.c.id))
        .join(_A, _A.c.organisme_id == _L.c.tenant_id)
        .join(_U, _U.c.id == _A.c.compte_id)
        .where(_U.c.email == organisme_email)
        .group_by(_L.c.state)
    )
    with site.database.reading() as session:
        return [f"/courriers/{id}" for id in session.connection().execute(query).scalars()]


def come_in(page: Page, site: Site, email: str, password: str = PASSWORD) -> None:
    """Sign in through the form."""
    page.goto(f"{site.url}/connexion")
    page.get_by_label("Adresse e-mail").fill(email)
    page.get_by_label("Mot de passe", exact=True).fill(password)
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", name="Aujourd’hui", level=1)).to_be_visible()


def general_places(site: Site) -> list[Place]:
    """The pages that need nothing to show."""
    keys = [pipeline.key for pipeline in site.engine.catalogue.current()]
    by_dispositif = ("/dispositifs/{key}", "/parametres/dispositifs/{key}")
    return [
        *(Place(url.partition("?")[0], url) for url in GENERAL),
        *(Place(route, route.format(key=key)) for route in by_dispositif for key in keys[:1]),
    ]


def places(site: Site) -> list[Place]:
    """One address at least of every page, in the filled organisme."""
    with site.database.reading() as session:
        return [*general_places(site), *_held(session.connection())]


def a_dossier_of_each_stage(site: Site) -> list[str]:
    """The address of a dossier in each stage of each dispositif."""
    query = select(func.min(_D.c.id)).group_by(_D.c.pipeline, _D.c.stage)
    with site.database.reading() as session:
        return [f"/dossiers/{id}" for id in session.connection().execute(query).scalars()]


def _letter_of(connection: Connection, organisme_id: int) -> int:
    """A letter of the filled organisme."""
    query = select(func.min(_L.c.id)).where(_L.c.tenant_id == organisme_id)
    return connection.execute(query).scalar_one()


def _held(connection: Connection) -> Iterator[Place]:
    contact = connection.execute(select(_C).limit(1)).one()
    dossier = connection.execute(
        select(_D).where(_D.c.structure_id == contact.structure_id)
    ).first()
    assert dossier is not None
    held = {
        "dossier_id": dossier.id,
        "structure_id": contact.structure_id,
        "contact_id": contact.id,
        "key": dossier.pipeline,
        "lettre": LETTER,
        "courrier_id": _letter_of(connection, dossier.organisme_id),
        "task_id": connection.execute(select(func.min(_T.c.id))).scalar_one(),
        "intervention_id": connection.execute(select(func.min(_X.c.id))).scalar_one(),
        "adherent_id": connection.execute(select(func.min(_M.c.id))).scalar_one(),
        "lot_id": connection.execute(select(func.min(table_of(Lot).c.id))).scalar_one(),
    }
    preview = connection.execute(
        select(_F.c.id, _K.c.dossier_id)
        .join(_K, _K.c.id == _F.c.piece_id)
        .where(_K.c.dossier_id.is_not(None))
        .limit(1)
    ).one()
    for route in page_routes():
        if "{fichier_id}" in route:
            yield Place(route, route.format(dossier_id=preview.dossier_id, fichier_id=preview.id))
        elif route.startswith(f"{SEANCES}/{{"):
            yield from (Place(route, url) for url in of_the_seances(connection, route))
        elif any(part in route for part in OF_THE_DLA):
            yield from (Place(route, url) for url in of_the_dla(connection, route))
        elif route.startswith((f"{COMITES}/{{", f"{ENVELOPPES}/{{")):
            yield Place(route, route.format(**of_the_comites(connection)))
        elif "{reprise_id}" in route:
            for id in connection.execute(select(_R.c.id)).scalars():
                yield Place(route, route.format(reprise_id=id))
        elif "{" in route:
            yield Place(route, route.format(**held))
    other = select(func.max(_C.c.structure_id)).where(_C.c.organisme_id == dossier.organisme_id)
    merging = "/structures/{structure_id}/fusionner"
    yield Place(merging, f"{merging.format(**held)}?avec={connection.execute(other).scalar_one()}")
    lit = "/dispositifs/{key}"
    yield Place(lit, f"{lit.format(**held)}?dossier={dossier.id}")
