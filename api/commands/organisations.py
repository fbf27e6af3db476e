"""`organisme` and `compte`: what can only be done by who runs the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from workflow.errors import DomainError

if TYPE_CHECKING:
    from sqlmodel import Session

    from api.settings import Settings
    from grants.organisation.accounts import Account

organisme = typer.Typer(help="Crée un organisme.", no_args_is_help=True)
compte = typer.Typer(help="Aide un compte à entrer.", no_args_is_help=True)


class UnknownAccount(DomainError):
    """Aucun compte n'a l'adresse {email}."""

    code = "compte_inconnu"


@organisme.command("creer")
def create(
    nom: Annotated[str, typer.Option(prompt="Nom de l'organisme")],
    departements: Annotated[str, typer.Option(prompt="Départements (34, 30, 2A…)")],
    direction: Annotated[str, typer.Option(prompt="Direction : prénom et nom")],
    email: Annotated[str, typer.Option(prompt="Direction : e-mail")],
    sigle: Annotated[str, typer.Option(help="Sigle de l'organisme.")] = "",
    territoire: Annotated[
        str, typer.Option(help="Territoire dont les jours fériés sont suivis.")
    ] = "metropole",
) -> None:
    """Crée un organisme et sa direction, qui choisira son mot de passe par un lien."""
    from api.composition import engine_of
    from api.house import utc_now
    from api.settings import load_settings
    from api.startup import current_database
    from grants.organisation.founding import found_organisme
    from grants.organisation.links import create_link

    settings = load_settings()
    types = engine_of(settings).vocabulary.field_types
    raw = {
        "nom": nom,
        "sigle": sigle,
        "departements": departements,
        "territoire": territoire,
        "direction_nom": direction,
        "direction_email": email,
    }
    with current_database(settings) as database, database.unit_of_work() as session:
        founded = found_organisme(session, types, raw, utc_now())
        secret = (
            None if founded.has_password else create_link(session, founded.compte_id, utc_now())
        )
    typer.echo(f"« {nom} » est créé.")
    if secret is None:
        typer.echo(f"{founded.email} y entre avec son mot de passe habituel.")
    else:
        _tell_link(settings, founded.email, secret)


@compte.command("lien")
def make_link(
    email: Annotated[str, typer.Argument(help="E-mail du compte.")],
) -> None:
    """Donne un lien pour choisir un nouveau mot de passe ; il sert une fois, un jour durant."""
    from api.settings import load_settings
    from api.startup import current_database
    from grants.organisation.accounts import find_account
    from grants.organisation.colleagues import normal_email

    settings = load_settings()
    with current_database(settings) as database, database.unit_of_work() as session:
        account = find_account(session.connection(), normal_email(email))
        if account is None:
            raise UnknownAccount(email=email)
        secret = _link_for(session, account)
    _tell_link(settings, account.email, secret)


def _link_for(session: Session, account: Account) -> str:
    """A link, recorded in the journal of the first organisme that the compte works in."""
    from api.house import utc_now
    from grants.organisation.colleagues import reset_link
    from grants.organisation.identity import software
    from grants.organisation.links import create_link

    if not account.organismes:
        return create_link(session, account.id, utc_now())
    return reset_link(session, software(account.organismes[0]), account.id, utc_now())


def _tell_link(settings: Settings, email: str, secret: str) -> None:
    typer.echo(f"Lien personnel de {email}, à lui remettre (il sert une fois, pendant 24 heures) :")
    typer.echo(f"{settings.address}/reinitialisation/{secret}")
