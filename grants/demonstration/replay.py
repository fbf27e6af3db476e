"""The two demonstrations, loaded through the same services as real work, at their own dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from grants.demonstration.comptes import PASSWORD, DemoAccount, demonstration_accounts
from grants.demonstration.donnees import charger_2009, charger_vivante
from grants.demonstration.fichiers import Demonstration
from grants.demonstration.installation import install, is_installed
from grants.demonstration.papiers import Papers
from grants.demonstration.passe import settle_the_past
from grants.demonstration.recit import Recit
from grants.dossiers.pieces.storage import Storage
from grants.organisation.founding import claim_installation, wait_for_other_starts
from grants.organisation.passwords import Passwords
from workflow.database import Database
from workflow.dates import to_paris
from workflow.engine import Engine
from workflow.errors import DomainError

Which = Literal["vivante", "2009"]


class DemonstrationAlreadyThere(DomainError):
    """La démonstration est déjà chargée : {organismes}. Rien n'a été modifié."""

    code = "demonstration_deja_chargee"


def load_demonstration(
    database: Database,
    engine: Engine,
    now: datetime,
    files: Storage,
    *,
    only: Which | None = None,
    starting: bool = False,
) -> list[DemoAccount]:
    """Load each demonstration that is not there yet, whole or not at all, and tell its accounts.

    Raises DemonstrationAlreadyThere when there is nothing left to load; with `starting`,
    AlreadyStarted as soon as there is any organisme.
    """
    stories = {key: story for key, story in _stories(now).items() if only is None or key == only}
    password_hash = Passwords().hash(PASSWORD)
    loaded: list[str] = []
    for story in stories.values():
        claims = starting and not loaded
        papers = Papers(files)
        if _load(database, engine, story, papers, password_hash, now, claims=claims):
            loaded.append(story.organisme.nom)
    if not loaded:
        names = ", ".join(story.organisme.nom for story in stories.values())
        raise DemonstrationAlreadyThere(organismes=names)
    with database.reading() as session:
        accounts = demonstration_accounts(session.connection())
    return [account for account in accounts if account.organisme in loaded]


def _stories(now: datetime) -> Mapping[Which, Demonstration]:
    return {"vivante": charger_vivante(to_paris(now).date()), "2009": charger_2009()}


def _load(
    database: Database,
    engine: Engine,
    story: Demonstration,
    papers: Papers,
    password_hash: str,
    now: datetime,
    *,
    claims: bool,
) -> bool:
    """Load one story in one transaction; False when its organisme is already there."""
    with database.unit_of_work() as session:
        if claims:
            claim_installation(session)
        wait_for_other_starts(session.connection())
        if is_installed(session.connection(), story):
            return False
        place = install(session, engine, story, password_hash)
        Recit(session, engine, story, place, papers, now).tell()
        settle_the_past(session, engine, place.organisme_id, now)
    return True
