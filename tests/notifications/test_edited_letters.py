"""Edited letters: written in a bounded process, and refused at saving with line and cause."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from notifications import bounded
from notifications.bounded import TOO_LONG, TOO_MUCH, compose_bounded
from notifications.composing import MissingValue, TemplateFault, compose
from notifications.letter_source import digest_of_source, join_source
from notifications.render import Template, composed_of
from notifications.template_check import check_template
from tests.builders.lettering import BODY, CONTEXT, letter

# It writes nothing: a quick machine would run out of memory before it runs out of time.
ENDLESS = "{% for a in n %}" * 7 + "{% endfor %}" * 7
HEAVY = "{% set a = '" + "x" * 10_000 + "' %}" + "{% set a = a ~ a ~ a ~ a %}" * 14 + "{{ a }}"
NUMBERS = {**CONTEXT, "n": list(range(60))}


def source(body: str, subject: str = "Votre projet") -> str:
    return join_source(subject, body)


def faults(body: str, subject: str = "Votre projet", *, examples: Any = (CONTEXT,)) -> list[str]:
    return [str(fault) for fault in check_template(source(body, subject), examples)]


def refused(body: str, context: dict[str, Any] = CONTEXT) -> TemplateFault:
    with pytest.raises(TemplateFault) as fault:
        compose_bounded(source(body), context)
    return fault.value


def test_it_writes_what_the_original_would() -> None:
    assert compose_bounded(source(BODY), CONTEXT) == compose(source(BODY), CONTEXT)


def test_an_edited_letter_goes_there_and_an_original_does_not() -> None:
    text = source("{{ porteur.nom }}")
    pids = set()
    for number in (None, 5):
        child = bounded._worker(os.getpid())
        child.close()
        composed_of(Template(letter(), text, number, digest_of_source(text)), CONTEXT)
        pids.add(child._child is None)
    assert pids == {True, False}


def test_what_is_missing_or_wrong_is_told_as_for_the_original() -> None:
    with pytest.raises(MissingValue) as missing:
        compose_bounded(source("{{ dossier.date_fin }} {{ x }}"), CONTEXT)
    assert missing.value.names == ("dossier.date_fin", "x")
    fault = refused("a\n\n{{ dossier }}")
    assert (fault.line, fault.place) == (3, "texte")


def test_a_letter_that_takes_too_long_is_stopped_and_the_next_is_written() -> None:
    began = time.monotonic()
    assert faults(ENDLESS, examples=(NUMBERS,)) == [f"texte : {TOO_LONG}"]
    assert time.monotonic() - began < bounded.WALL_SECONDS
    assert compose_bounded(source("Bonjour"), CONTEXT).subject == "Votre projet"


def test_a_letter_that_takes_too_much_memory_is_stopped_and_the_next_is_written() -> None:
    assert refused(HEAVY).cause == TOO_MUCH
    assert compose_bounded(source("Bonjour"), CONTEXT).subject == "Votre projet"


def test_a_child_that_was_killed_is_started_again() -> None:
    compose_bounded(source("Bonjour"), CONTEXT)
    child = bounded._worker(os.getpid())._child
    assert child is not None
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert compose_bounded(source("Bonjour"), CONTEXT).blocks


def test_the_child_has_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    bounded._worker(os.getpid()).close()
    compose_bounded(source("Bonjour"), CONTEXT)
    child = bounded._worker(os.getpid())._child
    assert child is not None
    assert b"secret" not in Path(f"/proc/{child.pid}/environ").read_bytes()


def test_a_sound_letter_has_no_fault() -> None:
    assert faults(BODY, "Votre projet {{ dossier.titre }}") == []
    assert faults("{% set t = dossier.titre %}{{ t }}{{ pieces_manquantes[0].label }}") == []
    assert faults("a{% for p in pieces_manquantes if p.label %}{{ loop.index }}{% endfor %}") == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            "{{ dossier.titr }}",
            "« dossier.titr » n’existe pas : vouliez-vous dire « dossier.titre »",
        ),
        ("a\n{{ dosier.titre }}", "ligne 2 : « dosier.titre » n’existe pas"),
        ("{% if dossier.titr %}a{% endif %}b", "ligne 1 : « dossier.titr » n’existe pas"),
        ("{% for p in pieces_manquantes %}{{ p.labl }}{% endfor %}", "« pieces_manquantes.label »"),
        ("{{ dossier.montant_demande }}", "ligne 1 : « dossier.montant_demande » peut manquer"),
        ("a\n\n{{ dossier }}", "ligne 3 : « dossier » regroupe plusieurs valeurs"),
        ("{{ porteur.nom.__class__.__mro__ }}", "n’existe pas"),
        ("{{ ''.__class__.__mro__ }}", "« .__class__ » n’existe pas ici"),
        ("{{ cycler.__init__.__globals__.os.popen('id').read() }}", "pas permise"),
        ("{{ self._TemplateReference__context }}", "n’existe pas"),
        ("{{ lipsum() }}", "pas permise"),
        ("a\n{{ x", "ligne 2 : une accolade ouverte"),
        ("{{ dossier.titre | montant }}", "« montant » attend un nombre"),
    ],
)
def test_what_would_fail_or_leak_is_refused_with_its_line(body: str, told: str) -> None:
    (fault,) = faults(body)
    assert fault.startswith("texte, ")
    assert told in fault


def test_every_unknown_value_is_told_at_once() -> None:
    found = faults("{{ a }}\n{{ b.c }}", "{{ d }}")
    assert found == [
        "objet, ligne 1 : « d » n’existe pas",
        "texte, ligne 1 : « a » n’existe pas",
        "texte, ligne 2 : « b.c » n’existe pas",
    ]


def test_a_value_known_to_one_example_may_be_missing_in_another() -> None:
    other = {key: value for key, value in CONTEXT.items() if key != "seance"}
    body = "{{ seance.lieu }}"
    assert "« seance.lieu » peut manquer" in faults(body, examples=(CONTEXT, other))[0]
    guarded = f"a{{% if seance %}}{body}{{% endif %}}"
    assert faults(guarded, examples=(CONTEXT, other)) == []


def test_a_source_without_its_subject_is_refused() -> None:
    assert [fault.place for fault in check_template("Bonjour", [CONTEXT])] == ["objet"]
