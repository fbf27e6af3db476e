"""What pipeline files may name: each thing once, and every fact that a guard asks for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.builders.toys import ROLES, workshop_register
from workflow.fields import FIELD_TYPES
from workflow.guards import Attempt
from workflow.references import ReferenceKind
from workflow.vocabulary import AlreadyRegistered, FactNotRegistered, Register, Vocabulary


def assemble(*registers: Register) -> Vocabulary:
    return Vocabulary.assemble(registers, roles=ROLES, letters={})


def passes(_attempt: Attempt) -> None:
    """A rule without a reason to refuse."""


def person(key: str = "personne") -> ReferenceKind:
    return ReferenceKind(key, lambda _c, _tenant: [(1, "Rose")], lambda _c, _tenant, _id: "Rose")


DECLARATIONS: dict[str, Callable[[Register], object]] = {
    "guard": lambda register: register.guard("livre_sec")(passes),
    "fact": lambda register: register.fact("humidite")(lambda _c, _s: 0),
    "effect": lambda register: register.effect("colorer")(lambda _context: None),
    "event": lambda register: register.event("pluie", "Il pleut"),
}


@pytest.mark.parametrize("declare", DECLARATIONS.values(), ids=DECLARATIONS)
def test_registering_the_same_name_twice_raises(declare: Callable[[Register], object]) -> None:
    with pytest.raises(AlreadyRegistered):
        declare(workshop_register())


@pytest.mark.parametrize("declare", DECLARATIONS.values(), ids=DECLARATIONS)
def test_two_packages_may_not_bring_the_same_name(declare: Callable[[Register], object]) -> None:
    other = Register()
    declare(other)
    with pytest.raises(AlreadyRegistered):
        assemble(workshop_register(), other)


def test_a_type_of_field_of_this_floor_is_not_brought_again() -> None:
    register = Register()
    register.field_type(FIELD_TYPES["texte"])
    with pytest.raises(AlreadyRegistered, match="texte"):
        assemble(register)


def test_a_reference_brings_its_type_of_field() -> None:
    register = Register()
    register.reference(person())
    vocabulary = assemble(register)
    assert "personne" in vocabulary.references
    assert vocabulary.field_types["personne"].key == "personne"
    with pytest.raises(AlreadyRegistered):
        register.reference(person())


def test_a_guard_may_not_ask_for_a_fact_that_nothing_provides() -> None:
    register = Register()
    register.guard("sec", facts=("humidite",))(passes)
    with pytest.raises(FactNotRegistered, match=r"humidite \(guard sec\)"):
        assemble(register)
    provider = Register()
    provider.fact("humidite")(lambda _connection, _subject: 0)
    assert assemble(register, provider).guards["sec"].facts == ("humidite",)


def test_what_undoes_an_effect_is_registered_once_for_an_effect_that_exists() -> None:
    register = workshop_register()
    register.undoing("colorer")(lambda _context: None)
    assert assemble(register).effects["colorer"].undo is not None
    assert assemble(register).effects["dorer"].undo is None
    with pytest.raises(AlreadyRegistered):
        register.undoing("colorer")(lambda _context: None)
    with pytest.raises(KeyError):
        register.undoing("vernir")(lambda _context: None)
