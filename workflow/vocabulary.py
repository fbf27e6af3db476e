"""What pipeline files may name: guards, facts, effects, roles, letters, field types."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from workflow.fields import FIELD_TYPES, FieldType
from workflow.guards import Guard, GuardFunction
from workflow.references import ReferenceKind

Provider = Callable[..., Any]
EffectFunction = Callable[..., Any]
Registered = TypeVar("Registered")


class AlreadyRegistered(ValueError):
    """A name was registered twice: a fault of code, never of data."""


class FactNotRegistered(LookupError):
    """A guard declares a fact that nothing provides: a fault of code, never of data."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A named value about a subject, read in the transaction by its provider.

    `outside`: it may change while nobody touches the subject. `of_many`: reads it for many
    subjects at once, by id; what it leaves out has none.
    """

    name: str
    provider: Provider
    is_date: bool = False
    outside: bool = False
    of_many: Provider | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """A named function that a move runs inside its transaction; `undo` when it is corrected."""

    name: str
    run: EffectFunction
    argument: str | None = None
    undo: EffectFunction | None = None


@dataclass(slots=True)
class Register:
    """What one package brings to the vocabulary; names are unique over all packages."""

    guards: dict[str, Guard] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)
    effects: dict[str, Effect] = field(default_factory=dict)
    field_types: dict[str, FieldType] = field(default_factory=dict)
    references: dict[str, ReferenceKind] = field(default_factory=dict)
    events: dict[str, str] = field(default_factory=dict)

    def guard(
        self,
        name: str,
        *,
        says: str = "",
        facts: tuple[str, ...] = (),
        argument: str | None = None,
    ) -> Callable[[GuardFunction], GuardFunction]:
        """Register a rule. `argument` says what it takes: `sheet`, `field`, or nothing."""

        def decorate(check: GuardFunction) -> GuardFunction:
            _add(self.guards, name, Guard(name, check, facts, argument, says))
            return check

        return decorate

    def fact(
        self, name: str, *, is_date: bool = False, outside: bool = False
    ) -> Callable[[Provider], Provider]:
        """Register `provider(connection, subject)`; a date may anchor reminders and timers."""

        def decorate(provider: Provider) -> Provider:
            _add(self.facts, name, Fact(name, provider, is_date, outside))
            return provider

        return decorate

    def fact_of_many(self, name: str) -> Callable[[Provider], Provider]:
        """Register `provider(connection, subjects)` of a fact: the same, read once for all."""

        def decorate(provider: Provider) -> Provider:
            self.facts[name] = replace(self.facts[name], of_many=provider)
            return provider

        return decorate

    def effect(
        self, name: str, *, argument: str | None = None
    ) -> Callable[[EffectFunction], EffectFunction]:
        """Register a function that a move runs after it was accepted."""

        def decorate(run: EffectFunction) -> EffectFunction:
            _add(self.effects, name, Effect(name, run, argument))
            return run

        return decorate

    def undoing(self, name: str) -> Callable[[EffectFunction], EffectFunction]:
        """Register what takes an effect back when the move that had it is corrected."""

        def decorate(undo: EffectFunction) -> EffectFunction:
            if self.effects[name].undo is not None:
                raise AlreadyRegistered(name)
            self.effects[name] = replace(self.effects[name], undo=undo)
            return undo

        return decorate

    def field_type(self, kind: FieldType) -> None:
        """Register a type of field that upper floors bring."""
        _add(self.field_types, kind.key, kind)

    def event(self, name: str, label: str) -> None:
        """Register a fact that the journal records by this name, and what people read of it."""
        _add(self.events, name, label)

    def reference(self, kind: ReferenceKind) -> None:
        """Register a kind of row that a field may point to, with its type of field."""
        _add(self.references, kind.key, kind)
        self.field_type(kind.field_type())


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every name a pipeline file may use.

    `roles` maps a role to its French label, `letters` a key to whatever the letters' floor needs,
    `events` the name of a journaled fact to its French label.
    """

    guards: Mapping[str, Guard]
    facts: Mapping[str, Fact]
    effects: Mapping[str, Effect]
    field_types: Mapping[str, FieldType]
    references: Mapping[str, ReferenceKind]
    roles: Mapping[str, str]
    letters: Mapping[str, Any]
    events: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def assemble(
        cls,
        registers: Iterable[Register],
        *,
        roles: Mapping[str, str],
        letters: Mapping[str, Any],
    ) -> Vocabulary:
        """One vocabulary out of what each package registered.

        Raises AlreadyRegistered, FactNotRegistered.
        """
        whole = Register(field_types=dict(FIELD_TYPES))
        for register in registers:
            _join(whole.guards, register.guards)
            _join(whole.facts, register.facts)
            _join(whole.effects, register.effects)
            _join(whole.field_types, register.field_types)
            _join(whole.references, register.references)
            _join(whole.events, register.events)
        for guard in whole.guards.values():
            for fact in guard.facts:
                if fact not in whole.facts:
                    raise FactNotRegistered(f"{fact} (guard {guard.name})")
        return cls(
            whole.guards,
            whole.facts,
            whole.effects,
            whole.field_types,
            whole.references,
            roles,
            letters,
            whole.events,
        )


def _add(into: dict[str, Registered], name: str, item: Registered) -> None:
    if name in into:
        raise AlreadyRegistered(name)
    into[name] = item


def _join(into: dict[str, Registered], items: Mapping[str, Registered]) -> None:
    for name, item in items.items():
        _add(into, name, item)
