"""The demonstration, as the pages offer it: what it holds, and its accounts at the door."""

from __future__ import annotations

from api.house import House
from api.views.connexion import DemoAccount
from grants.demonstration.comptes import demonstration_accounts

CONTENTS = (
    "Un organisme fictif et une quarantaine de dossiers en cours, à chaque étape.",
    "L'année 2009 d'un organisme des Alpes-Maritimes, rejouée d'après son rapport d'activité.",
    "Un compte pour chaque rôle : direction, chargé de mission, assistant, contrôle.",
    "Le chargement prend une dizaine de secondes.",
)


def shown_accounts(house: House) -> tuple[DemoAccount, ...]:
    """The accounts that anybody may use, shown where one signs in, unless the settings hide them.

    Raises DatabaseGone.
    """
    if not house.settings.demonstration:
        return ()
    with house.database.reading() as session:
        accounts = demonstration_accounts(session.connection())
    return tuple(
        DemoAccount(
            nom=account.nom,
            role=account.role,
            organisme=account.organisme,
            email=account.email,
            password=account.password,
        )
        for account in accounts
    )
