"""The actions that the dossiers of a lot have in common, and the one that was chosen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from grants.dossiers.lots.queries import Group, OpenLot, groups_of
from grants.organisation.identity import Identity
from workflow.engine import Engine
from workflow.errors import NotFound
from workflow.pipeline import Action

# A role that one holds on some dossiers only.
_RELATIVE = frozenset({"referent"})


@dataclass(frozen=True, slots=True)
class CommonAction:
    """An action that `count` dossiers of a lot may be asked to take, with one form."""

    pipeline: str
    action: Action
    count: int
    example: int


def common_actions(
    engine: Engine, identity: Identity, groups: Iterable[Group]
) -> list[CommonAction]:
    """What may be asked of the dossiers of a lot: what most of them can do first.

    Two pipelines share an action where it has the same name and asks the same questions. A
    correction is made dossier by dossier.
    """
    found: dict[tuple[object, ...], CommonAction] = {}
    held = identity.actor.roles | _RELATIVE
    for group in groups:
        machine = engine.catalogue.machine(group.pipeline, group.version)
        for action in machine.leaving(group.stage).values():
            if action.corrects or held.isdisjoint(action.roles):
                continue
            form = (action.key, action.label, action.fields, action.reason)
            known = found.get(form, CommonAction(group.pipeline, action, 0, group.example))
            count = known.count + group.count
            found[form] = CommonAction(known.pipeline, known.action, count, known.example)
    return sorted(found.values(), key=lambda each: -each.count)


def action_of(
    connection: Connection,
    engine: Engine,
    identity: Identity,
    lot: OpenLot,
    pipeline: str,
    key: str,
) -> tuple[Action, int]:
    """The action of that name, and a dossier of the lot that may take it. Raises NotFound."""
    for each in common_actions(engine, identity, groups_of(connection, lot.id)):
        if (each.pipeline, each.action.key) == (pipeline, key):
            return each.action, each.example
    raise NotFound
