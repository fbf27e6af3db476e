"""What the command line says, and what is written about it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from typer.main import get_command

from api.cli import app, system_fault
from tests.builders.commands import Run

ROOT = Path(__file__).resolve().parents[3]


def every_command() -> list[str]:
    names = []
    for name, command in vars(get_command(app))["commands"].items():
        inside = getattr(command, "commands", None)
        names += [f"{name} {each}" for each in inside] if inside else [name]
    return names


def test_every_command_is_explained_to_those_who_run_the_server() -> None:
    written = "\n".join(path.read_text("utf-8") for path in (ROOT / "docs").glob("*.md"))

    assert [name for name in every_command() if f"manage.py {name}" not in written] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rnu"], "commande inconnue : « rnu », vouliez-vous dire « run » ?"),
        (["run", "--prot", "3"], "option inconnue : --prot"),
        (["run", "--port", "abc"], "valeur refusée pour '--port'"),
        (["restore"], "il manque 'file'"),
    ],
)
def test_a_badly_written_command_is_told_in_french(
    run: Run, arguments: list[str], said: str
) -> None:
    code, answer = run(*arguments)

    assert code == 2
    assert answer.startswith(f"Commande mal écrite : {said}")
    assert "Traceback" not in answer


def test_a_port_that_cannot_be_is_told_in_french(run: Run, url: str) -> None:
    code, said = run("run", "--port", "99999")

    assert code == 1
    assert "au plus 65535" in said


@pytest.mark.parametrize(
    ("code", "said"),
    [(28, "Le disque est plein"), (13, "Vous n'avez pas les droits"), (5, "Le système a refusé")],
)
def test_what_the_system_refuses_is_told_in_french(code: int, said: str) -> None:
    error = OSError(code, os.strerror(code), "/srv/sauvegarde.zip")

    assert system_fault(error).startswith(said)


@pytest.mark.parametrize("command", ["", "backup", "organisme", "organisme creer"])
def test_the_help_of_a_command_is_in_french(run: Run, command: str) -> None:
    code, said = run(*command.split(), "--help")

    assert code == 0
    assert "Affiche cette aide." in said
    for word in ("Show this", "Commands", "COMMAND ", "[ARGS]", "default:", "[required]"):
        assert word not in said
