"""What is still owed to one person among the reminders that are due, and what is not any more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from grants.dossiers.causes import Cause, gone, is_over, place_of
from grants.relances.looking import Look
from workflow.pipeline import ReminderRule
from workflow.subject import Subject

OVER = "la date annoncée est passée"
LATER_ONE = "la suivante est due aussi"


class Owed(NamedTuple):
    """One reminder: the échéance, the dossier it is about, the rule that planned it, its facts."""

    echeance: Mapping[str, Any]
    subject: Subject
    rule: ReminderRule
    facts: Mapping[str, Any]

    @property
    def told(self) -> str:
        """« Pièces à fournir (2 sur 4) »."""
        return place_of(self.rule, self.echeance["occurrence"])


@dataclass(slots=True)
class Judged:
    """`dead`: the cause is gone, or the rule itself. `dropped`: out of date, and why."""

    owed: list[Owed] = field(default_factory=list)
    dead: list[int] = field(default_factory=list)
    dropped: list[tuple[Owed, str]] = field(default_factory=list)


def judge(look: Look, due: Iterable[tuple[Mapping[str, Any], Subject]]) -> Judged:
    """Look at each reminder as things stand in this transaction."""
    judged, known = Judged(), list[Owed]()
    for echeance, subject in due:
        rule = look.known(subject, echeance["rule"])
        if rule is None:
            judged.dead.append(echeance["id"])
        elif rule.rule.letter is not None:
            known.append(Owed(echeance, subject, rule.rule, look.facts(subject, rule)))
    latest = _latest(known) if len(known) > 1 else {}
    for each in known:
        cause = Cause(each.subject, each.rule, each.facts)
        if gone(look.engine, cause, look.now):
            judged.dead.append(each.echeance["id"])
        elif is_over(cause, each.echeance, look.now):
            judged.dropped.append((each, OVER))
        elif each.echeance["occurrence"] < latest.get(_which(each), 0):
            judged.dropped.append((each, LATER_ONE))
        else:
            judged.owed.append(each)
    return judged


def _which(each: Owed) -> tuple[int, str]:
    return each.subject.id, each.rule.key


def _latest(known: Iterable[Owed]) -> Mapping[tuple[int, str], int]:
    """The last occurrence that is due of each rule on each dossier."""
    found: Counter[tuple[int, str]] = Counter()
    for each in known:
        found[_which(each)] = max(found[_which(each)], each.echeance["occurrence"])
    return found
