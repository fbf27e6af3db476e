"""The command line: what `manage.py` hands over. Every failure that can be foreseen is one line."""

from __future__ import annotations

import errno
import re
import sys

import typer
from typer.exceptions import TyperException

from api.command_help import french_command
from api.commands import (
    backup,
    compteurs,
    demo,
    journal,
    mail,
    migrations,
    organisations,
    pipelines,
    pv,
    rapport,
    run,
    scheduler,
    simulate,
)
from workflow.errors import DatabaseGone, DomainError, Invalid

app = typer.Typer(
    help="Suivi des microprojets associatifs, du DLA et de l'IAE.",
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
)
app.command("run")(run.run)
app.command("scheduler")(scheduler.scheduler)
app.command("simulate")(simulate.simulate)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("demo")(demo.demo)
app.command("rapport")(rapport.rapport)
app.add_typer(organisations.organisme, name="organisme")
app.add_typer(organisations.compte, name="compte")
app.add_typer(journal.app, name="journal")
app.add_typer(compteurs.app, name="compteurs")
app.add_typer(mail.app, name="mail")
app.add_typer(pv.app, name="pv")
app.add_typer(pipelines.app, name="pipelines")
app.add_typer(migrations.app, name="migrations")

_REFUSED, _MISUSED, _INTERRUPTED = 1, 2, 130


def main(arguments: list[str] | None = None) -> int:
    """Do one command; gives back its exit code."""
    try:
        command = french_command(app)
        return command(arguments, prog_name="manage.py", standalone_mode=False) or 0
    except TyperException as error:
        typer.echo(misuse(error), err=True)
        return _MISUSED
    except (KeyboardInterrupt, typer.Abort):
        return _INTERRUPTED
    except DomainError as error:
        typer.echo(told(error), err=True)
    except OSError as error:
        typer.echo(system_fault(error), err=True)
    except Exception as error:
        sentence = foreseen(error)
        if sentence is None:
            raise
        typer.echo(sentence, err=True)
    return _REFUSED


def told(error: DomainError) -> str:
    """A domain error on one line, with its reasons under it where there are several."""
    sentence = " ".join(str(error).split())
    if isinstance(error, Invalid):
        return "\n".join([sentence, *(f"- {key} : {why}" for key, why in error.faults.items())])
    if isinstance(error, DatabaseGone) and error.__cause__ is not None:
        why = str(getattr(error.__cause__, "orig", "")).strip().splitlines()
        return f"{sentence} ({why[0]})" if why else sentence
    return sentence


_SYSTEM = {
    errno.ENOSPC: "Le disque est plein",
    errno.EDQUOT: "Le disque est plein",
    errno.EFBIG: "Le disque est plein",
    errno.ENOENT: "Ce fichier ou son dossier n'existe pas",
    errno.ENOTDIR: "Ce dossier n'en est pas un",
    errno.EISDIR: "C'est un dossier, pas un fichier",
    errno.EEXIST: "Ce fichier existe déjà",
    errno.EACCES: "Vous n'avez pas les droits qu'il faut",
    errno.EPERM: "Vous n'avez pas les droits qu'il faut",
    errno.EROFS: "Ce disque est en lecture seule",
}


def system_fault(error: OSError) -> str:
    """What the system refused, in French."""
    sentence = _SYSTEM.get(error.errno or 0, f"Le système a refusé : {error.strerror or error}")
    return f"{sentence} : {error.filename}" if error.filename else f"{sentence}."


def misuse(error: TyperException) -> str:
    """A command that was badly written."""
    kind, param = type(error).__name__, getattr(error, "param", None)
    name = param.get_error_hint() if param else ""
    quoted = re.findall(r"'([^']*)'", error.message)
    if kind == "NoArgsIsHelpError":
        return error.message
    if kind == "NoSuchOption":
        what = f"option inconnue : {getattr(error, 'option_name', '')}"
    elif kind == "MissingParameter":
        what = f"il manque {name}"
    elif kind == "BadParameter":
        what = f"valeur refusée pour {name}"
    elif error.message.startswith("No such command"):
        nearest = f", vouliez-vous dire « {quoted[1]} » ?" if len(quoted) > 1 else ""
        what = f"commande inconnue : « {quoted[0]} »{nearest}"
    else:
        what = error.message
    return f"Commande mal écrite : {what}\nPour l'aide : python3 manage.py --help"


def foreseen(error: Exception) -> str | None:
    """What to say of a fault of what surrounds the program; None for one of the program itself."""
    from sqlalchemy.exc import DatabaseError

    from api.settings import FaultySettings
    from notifications.letters import FaultyCatalogue
    from workflow.loader import FaultyPipelines

    if isinstance(error, FaultySettings | FaultyCatalogue | FaultyPipelines):
        return str(error)
    if type(error) is DatabaseError:  # its subclasses are faults of ours, or translated before
        return f"Ce fichier n'est pas une base de données en bon état ({error.orig})."
    return None


if __name__ == "__main__":
    sys.exit(main())
