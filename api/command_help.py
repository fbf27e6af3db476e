"""The help of the commands, in French where the library speaks English."""

from __future__ import annotations

from typing import Any

from typer import Context, Typer
from typer.main import get_command

_WORDS = {
    "COMMANDS_PANEL_TITLE": "Commandes",
    "DEFAULT_STRING": "[par défaut : {}]",
    "ENVVAR_STRING": "[variable : {}]",
    "REQUIRED_LONG_STRING": "[obligatoire]",
}


def french_command(app: Typer) -> Any:
    """The command of an application, whose help says everything in French."""
    command: Any = get_command(app)
    _tell(command)
    return command


def _tell(command: Any) -> None:
    format_help = command.format_help

    def format_french_help(*arguments: Any) -> None:
        from typer import rich_utils  # what draws the help is loaded for whoever asks for it

        for name, word in _WORDS.items():
            setattr(rich_utils, name, word)
        format_help(*arguments)

    command.format_help = format_french_help
    asked = command.get_help_option(Context(command))
    if asked is not None:
        asked.help = "Affiche cette aide."
    inside = getattr(command, "commands", {})
    if inside:
        command.subcommand_metavar = "COMMANDE…"
    for each in inside.values():
        _tell(each)
