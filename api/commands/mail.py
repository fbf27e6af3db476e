"""`mail`: whether letters leave, how they do, and what came back."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workflow.errors import DomainError

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from api.settings import Settings
    from notifications.transports import Answer

app = typer.Typer(help="Essaie et surveille l'envoi des courriers.", no_args_is_help=True)

_VERDICTS = {
    "refuse": "Refusé pour de bon",
    "plus_tard": "Refusé pour l'instant, un autre essai peut réussir",
    "ferme": "Le serveur n'a rien pris",
}
_BOUNCES = {
    "note": "{n} courrier{s} revenu{s}, noté{s}",
    "deja": "{n} déjà noté{s}",
    "provisoire": "{n} provisoire{s} : le serveur essaie encore",
    "inconnu": "{n} sur un message parti d'ailleurs",
    "autre": "{n} sans avis de non-remise",
}


class NotAnAddress(DomainError):
    """« {address} » n'est pas une adresse e-mail à laquelle on peut écrire : {why}"""

    code = "adresse_inutilisable"


@app.command("test")
def try_sending(
    address: Annotated[str, typer.Argument(metavar="ADRESSE", help="À qui écrire.")],
) -> None:
    """Envoie un message d'essai par le chemin des courriers, et dit ce que le serveur a répondu."""
    from api.house import utc_now
    from api.mailing import house_of_letters, transport_of
    from api.settings import load_settings
    from notifications.envelope import UnsafeAddress
    from notifications.messages import trial_parcel

    settings = load_settings()
    try:
        parcel = trial_parcel(house_of_letters(settings), address, utc_now())
    except UnsafeAddress as fault:
        raise NotAnAddress(address=address, why=fault) from fault
    transport = transport_of(settings)
    typer.echo(described(settings))
    try:
        answer = transport(parcel)
    finally:
        transport.close()
    _tell(settings, answer, parcel.name)


def _tell(settings: Settings, answer: Answer, name: str) -> None:
    if answer.verdict != "accepte":
        typer.echo(f"{_VERDICTS[answer.verdict]} : {answer.text}", err=True)
        raise typer.Exit(1)
    typer.echo(f"Accepté : {answer.text}")
    if settings.mail_transport == "dossier":
        typer.echo(f"Rien n'a quitté cette machine : {settings.mail_folder / name}.eml")


@app.command("etat")
def tell_state() -> None:
    """Dit comment partent les courriers, ce qui attend, ce qui a échoué ; 1 si rien ne part."""
    from api.house import utc_now
    from api.settings import load_settings
    from api.startup import current_database

    settings, now = load_settings(), utc_now()
    with current_database(settings) as database, database.reading() as session:
        lines, well = _state(session.connection(), now)
    for line in (described(settings), *lines):
        typer.echo(line)
    if not well:
        raise typer.Exit(1)


def _state(connection: Connection, now: datetime) -> tuple[list[str], bool]:
    """How the sending goes, line by line, and whether it does."""
    from datetime import timedelta

    from grants.organisation.queries import every_organisme
    from notifications.cadence import pace_of
    from notifications.health import health_of
    from notifications.letter_queries import counts, sent_since
    from notifications.outbox import A_COMPLETER, A_VALIDER
    from notifications.suspensions import number_suspended
    from workflow.dates import format_datetime

    organismes = every_organisme(connection)
    found, pace = health_of(connection, organismes, now), pace_of(connection)
    waiting = counts(connection, organismes)
    oldest = found.letter_since
    since = f", le plus ancien depuis le {format_datetime(oldest)}" if oldest else ""
    lines = [
        f"À envoyer : {found.letters_due}{since}",
        f"À valider : {waiting[A_VALIDER]}",
        f"À compléter : {waiting[A_COMPLETER]}",
        f"Envoyés en 24 heures : {sent_since(connection, now - timedelta(days=1))}",
        f"Échecs en 7 jours : {found.failed}",
        f"Adresses suspendues : {number_suspended(connection)}",
    ]
    if pace.faults and pace.since is not None:
        began = format_datetime(pace.since)
        lines.append(f"L'envoi échoue depuis le {began} ({pace.faults} fois) : {pace.fault}")
    if pace.rests(now) and pace.paused_until is not None:
        lines.append(f"Prochain essai : le {format_datetime(pace.paused_until)}")
    return lines, not pace.faults and (oldest is None or now - oldest < timedelta(hours=1))


@app.command("rebonds")
def take_bounces(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FICHIERS", help="Messages reçus ; sans eux, l'entrée standard."),
    ] = None,
) -> None:
    """Lit des avis de non-remise : note les courriers revenus, suspend les adresses mortes."""
    from api.composition import engine_of
    from api.house import utc_now
    from api.settings import load_settings
    from api.startup import current_database
    from grants.relances.courriers import LetterLedger
    from notifications.bounces import LONGEST_NOTICE, note_bounce

    settings = load_settings()
    ledger = LetterLedger(engine_of(settings))
    counted: Counter[str] = Counter()
    with current_database(settings) as database:
        for path in files or [None]:
            if path is None:
                raw = sys.stdin.buffer.read(LONGEST_NOTICE)
            else:
                with path.open("rb") as opened:
                    raw = opened.read(LONGEST_NOTICE)
            with database.unit_of_work() as session:
                counted[note_bounce(session, ledger, raw, utc_now())] += 1
    for kind, sentence in _BOUNCES.items():
        if n := counted[kind]:
            typer.echo(sentence.format(n=n, s="s" if n > 1 else ""))


def described(settings: Settings) -> str:
    """How letters leave, in one line, without any secret."""
    if settings.mail_transport == "dossier":
        return f"Les courriers s'écrivent dans {settings.mail_folder}"
    how = {"tls": "TLS", "starttls": "STARTTLS", "aucune": "sans chiffrement"}
    who = f", identifiant {settings.smtp_user}" if settings.smtp_user else ""
    return (
        f"Les courriers partent par {settings.smtp_host}:{settings.smtp_port} "
        f"({how[settings.smtp_security]}{who}), de {settings.mail_sender}, "
        f"{settings.mail_per_minute} par minute au plus"
    )
