"""The parameters that the stages of a file make by themselves, before it is read.

How long a subject may stand in a stage, when each reminder leaves: usages that a tenant changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workflow.calendar import LONGEST_DELAY, Delay, DelayFault
from workflow.delays import Delays

#: What begins the key of the parameter that sets how long a dossier may stand in a stage.
IDLE = "sans_mouvement_"
#: What begins the key of the parameter that sets when a reminder leaves.
REMINDS = "relance_"
_ENTRY = "entree"
_MOST_OCCURRENCES = 50
Own = tuple[str, dict[str, Any]]


def own_parameters(content: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The parameters of a file's stages, by key; nothing for what is badly written there."""
    stages = content.get("stage")
    given = [each for each in stages if isinstance(each, dict)] if isinstance(stages, list) else []
    found = [own for stage in given for own in (*_idle(stage), *_reminders(stage))]
    return dict(found)


def _idle(stage: dict[str, Any]) -> Iterator[Own]:
    key, label = stage.get("key"), stage.get("label")
    delay = _delay(stage.get("idle_after"))
    if delay is None or not isinstance(key, str) or not isinstance(label, str):
        return
    unit = "Jours ouvrés" if delay.working else "Jours"
    yield (
        f"{IDLE}{key}",
        {
            "label": f"« {label[:60]} » : alerte sans mouvement après",
            "type": "entier",
            "default": str(delay.days),
            "maximum": LONGEST_DELAY,
            "help": f"{unit} passés à cette étape sans mouvement. 0 : jamais d’alerte.",
        },
    )


def _reminders(stage: dict[str, Any]) -> Iterator[Own]:
    rules, name = stage.get("reminder"), stage.get("label")
    for rule in rules if isinstance(rules, list) else []:
        if not isinstance(rule, dict) or not isinstance(name, str):
            continue
        key, label, delays = rule.get("key"), rule.get("label"), _delays(rule)
        if not isinstance(key, str) or not isinstance(label, str) or delays is None:
            continue
        from_entry = rule.get("anchor", _ENTRY) == _ENTRY
        yield (
            f"{REMINDS}{key}",
            {
                "label": f"« {name[:40]} » : {label[0:1].lower()}{label[1:70]}",
                "type": "delais",
                "default": str(delays),
                "minimum": 1 if from_entry else None,
                "help": _told(
                    "Une tâche" if "task" in rule else "Un e-mail", from_entry=from_entry
                ),
            },
        )


def _told(what: str, *, from_entry: bool) -> str:
    if from_entry:
        return f"{what}, à compter de l’entrée dans l’étape."
    return f"{what}, à compter de la date dont il s’agit ; « − » pour les jours d’avant elle."


def _delays(rule: dict[str, Any]) -> Delays | None:
    """The moments that a rule gives, one by one or repeated."""
    every, most = _delay(rule.get("every")), rule.get("at_most", 1)
    if every is not None:
        times = most if isinstance(most, int) and 0 < most <= _MOST_OCCURRENCES else 0
        moments = [Delay(every.days * n, every.working) for n in range(1, times + 1)]
        return Delays(tuple(moments)) if moments else None
    at = rule.get("at")
    known = [_delay(each) for each in at] if isinstance(at, list) else []
    whole = tuple(each for each in known if each is not None)
    return Delays(whole) if whole and len(whole) == len(known) else None


def _delay(text: object) -> Delay | None:
    try:
        return Delay.parse(text) if isinstance(text, str) else None
    except DelayFault:
        return None
