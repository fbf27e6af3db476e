"""The help of the commands, in French where the library speaks English."""

from __future__ import annotations

from typing import Any

from typer import Context, Typer, rich_utils
from typer.main import get_command

_WORDS = {
    "COMMANDS_PANEL_TITLE": "Commandes",
    "DEFAULT_STRING": "[par défaut : {}]",
    "ENVVAR_STRING": "[variable : {}]",
    "REQUIRED_LONG_STRING": "[obligatoire]",
}


def french_command(app: Typer) -> Any:
    """The command of an application, whose help says everything in French."""
    for name, word in _WORDS.items():
        setattr(rich_utils, name, word)
    command: Any = get_command(app)
    _tell(command)
    return command


def _tell(command: Any) -> None:
    asked = command.get_help_option(Context(command))
    if asked is not None:
        asked.help = "Affiche cette aide."
    inside = getattr(command, "commands", {})
    if inside:
        command.subcommand_metavar = "COMMANDE…"
    for each in inside.values():
        _tell(each)
