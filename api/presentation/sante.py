"""The health of the program in words: the clock first, then the letters."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from api.presentation.reglages import SANTE, tabs
from api.settings import Settings
from api.ticks import EVERY
from api.version import VERSION
from api.views.sante import MailRow, SantePage, TickRow
from grants.comites.papiers.attente import unprinted
from grants.organisation.queries import every_organisme
from notifications.health import Health, health_of
from workflow.dates import format_datetime

_MOST_FILES, _KILO = 20, 1024
LABELS = {
    "annonces": "Annoncer les mouvements à d’autres programmes",
    "courriers": "Écrire et envoyer les courriers",
    "proces_verbaux": "Imprimer les procès-verbaux validés",
    "reponses": "Oublier les vieilles réponses de l’API",
    "rappels_en_attente": "Relire les rappels qui attendent",
    "echeances": "Préparer les rappels et les actions du jour",
    "dossiers_prets": "Repérer les dossiers devenus prêts",
    "dossiers_prets_partout": "Revoir tous les dossiers, prêts ou non",
    "reprises": "Reprendre des données",
    "compteurs": "Tenir les compteurs du tableau et du pilotage",
    "actions_automatiques": "Faire les actions automatiques",
    "fichiers_sans_trace": "Ranger les fichiers sans trace",
    "brouillons": "Effacer les vieux brouillons",
    "presences": "Oublier qui était là",
    "liens": "Oublier les vieux liens personnels",
}


def sante_page(connection: Connection, settings: Settings, now: datetime) -> SantePage:
    """How the program is now."""
    health = health_of(connection, every_organisme(connection), now)
    stuck, since = unprinted(connection)
    late = health.late(EVERY, now)
    state, tone, lead = _summary(health, late, stuck)
    folder = settings.mail_transport == "dossier"
    return SantePage(
        tabs=tabs(SANTE),
        state=state,
        tone=tone,
        lead=lead,
        facts=(*_facts(health, now), *_unprinted(stuck, since, now)),
        ticks=tuple(_ticks(health, late)),
        transport=_transport(settings),
        folder=tuple(_files(settings.mail_folder)) if folder else (),
    )


def _summary(health: Health, late: tuple[str, ...], stuck: int) -> tuple[str, str, str]:
    if not health.beats:
        lead = "Aucun rappel ne partira tant que l’horloge n’aura pas démarré."
        return "L’horloge n’a jamais tourné", "brique", lead
    if "echeances" in late:
        lead = "Les rappels attendent : redémarrez l’application, ou « manage.py scheduler »."
        return "L’horloge est arrêtée", "brique", lead
    if health.faults:
        return "Quelque chose échoue", "ocre", "Le détail est plus bas ; un nouvel essai suivra."
    if health.failed:
        lead = "Des courriers ne sont pas arrivés : voyez « Non remis » dans Courriers."
        return "Des courriers ont échoué", "ocre", lead
    if stuck:
        lead = "Leurs données sont figées et intactes ; l’impression sera tentée à nouveau."
        return "Un procès-verbal ne s’imprime pas", "ocre", lead
    return "Tout va bien", "vert", "L’horloge tourne, rien n’attend plus qu’il ne faut."


def _unprinted(stuck: int, since: datetime | None, now: datetime) -> Iterator[tuple[str, str]]:
    """Only where there is something to say: it hardly ever happens."""
    if since is not None:
        told = f"{stuck}, depuis {_delay(now - since)} ; le journal du programme dit pourquoi"
        yield "Procès-verbaux non imprimés", told


def _facts(health: Health, now: datetime) -> Iterator[tuple[str, str]]:
    last = max((beat.at for beat in health.beats.values()), default=None)
    yield "Dernier battement", format_datetime(last) if last else "jamais"
    yield "Courriers à envoyer", _waiting(health.letters_due, health.letter_since, now)
    since = health.echeance_since
    yield "Échéances en attente", f"depuis {_delay(now - since)}" if since else "aucune"
    yield "Courriers non remis en sept jours", str(health.failed)
    yield "Version", VERSION


def _waiting(number: int, since: datetime | None, now: datetime) -> str:
    return f"{number}, le plus ancien depuis {_delay(now - since)}" if since else str(number)


def _delay(delay: timedelta) -> str:
    minutes = int(delay.total_seconds() // 60)
    if minutes < 1:
        return "moins d’une minute"
    if minutes < 120:  # noqa: PLR2004 — two hours
        return f"{minutes} minute{'s' if minutes > 1 else ''}"
    return f"{minutes // 60} heures"


def _ticks(health: Health, late: tuple[str, ...]) -> Iterator[TickRow]:
    for name, every in EVERY.items():
        beat = health.beats.get(name)
        fault = health.faults.get(name, "")
        state, tone = ("en panne", "brique") if fault else ("à l’heure", "vert")
        if not fault and name in late:
            state, tone = ("en retard", "ocre") if beat else ("jamais lancé", "pierre")
        yield TickRow(
            label=LABELS[name],
            every=_every(every),
            at=beat.at if beat else None,
            state=state,
            tone=tone,
            fault=fault,
        )


def _every(every: timedelta) -> str:
    seconds = int(every.total_seconds())
    if seconds < 60:  # noqa: PLR2004 — a minute
        return f"toutes les {seconds} secondes"
    if seconds < 3600:  # noqa: PLR2004 — an hour
        minutes = seconds // 60
        return "chaque minute" if minutes == 1 else f"toutes les {minutes} minutes"
    hours = seconds // 3600
    return "chaque heure" if hours == 1 else "chaque nuit"


def _transport(settings: Settings) -> str:
    if settings.mail_transport == "dossier":
        return (
            "Rien ne quitte la machine : chaque e-mail est écrit dans le dossier des données,"
            " sous « courriels ». Pour envoyer vraiment, réglez MICROPROJETS_COURRIER."
        )
    return f"Par le serveur {settings.smtp_host}, port {settings.smtp_port}."


def _files(folder: Path) -> Iterator[MailRow]:
    """The last messages of the folder, as they would have left."""
    if not folder.is_dir():
        return
    found = sorted(folder.glob("*.eml"), key=lambda each: each.stat().st_mtime, reverse=True)
    for each in found[:_MOST_FILES]:
        told = each.stat()
        yield MailRow(
            name=each.name,
            at=datetime.fromtimestamp(told.st_mtime, UTC),
            size=f"{max(1, round(told.st_size / _KILO))} Ko",
        )
