"""The counting rules, against a reference that counts hands one by one."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from grants.comites.comptage import (
    ABSTENTION,
    AJOURNEMENT,
    CHOIX,
    DEFAVORABLE,
    FAVORABLE,
    RESERVES,
    Assemblee,
    Bornes,
    Regle,
    Voix,
    count_votes,
)

votes = st.lists(
    st.builds(
        Voix,
        choix=st.sampled_from(sorted(CHOIX)),
        montant=st.none() | st.integers(1, 2_300_000),
    ),
    max_size=15,
)
rules = st.builds(
    Regle,
    quorum=st.integers(0, 3),
    quorum_sur=st.integers(1, 3),
    majorite=st.sampled_from(["exprimes", "presents", "membres"]),
    partage=st.sampled_from(["president", "ajourner"]),
)
bounds = st.builds(
    Bornes,
    demande=st.integers(1, 3_000_000),
    plafond=st.none() | st.integers(1, 2_300_000),
    reste=st.none() | st.integers(-10_000, 5_000_000),
)


@st.composite
def assemblies(draw: st.DrawFn) -> tuple[Assemblee, list[Voix]]:
    """A room, and the votes of at most those who are in it, at most one of whom presides."""
    cast = draw(votes)
    absent = draw(st.integers(0, 6))
    silent = draw(st.integers(0, 4))
    represented = draw(st.integers(0, len(cast) + silent))
    presides = draw(st.none() | st.integers(0, max(0, len(cast) - 1)))
    if presides is not None and cast:
        cast = [Voix(v.choix, v.montant, i == presides) for i, v in enumerate(cast)]
    there = len(cast) + silent
    return Assemblee(there + absent, there - represented, represented), cast


def by_hand(rule: Regle, room: Assemblee, cast: list[Voix]) -> str:
    """domain.md, read aloud: each line of it is a line here, with fractions of people."""
    in_the_room = [1] * room.presents + [1] * room.representes
    if not in_the_room:
        return "sans_quorum"
    if Fraction(sum(in_the_room)) < Fraction(rule.quorum, rule.quorum_sur) * room.base:
        return "sans_quorum"
    hands = [v for v in cast if v.choix != ABSTENTION]
    whole = {"exprimes": len(hands), "presents": len(in_the_room), "membres": room.base}
    half = Fraction(whole[rule.majorite], 2)
    raised = {choix: [v for v in hands if v.choix == choix] for choix in CHOIX}
    favorable = Fraction(len(raised[FAVORABLE]) + len(raised[RESERVES]))
    against = Fraction(len(raised[DEFAVORABLE]))
    if favorable > half:
        return "retenu"
    if against > half:
        return "refuse"
    tied = favorable == half and half > 0 and rule.partage == "president"
    chair = [v.choix for v in cast if v.preside] if tied else []
    decisive = {FAVORABLE: "retenu", RESERVES: "retenu", DEFAVORABLE: "refuse"}
    return decisive.get(chair[0], "ajourne") if chair else "ajourne"


@given(rules, assemblies())
def test_every_count_is_the_one_made_by_hand(
    rule: Regle, room_and_votes: tuple[Assemblee, list[Voix]]
) -> None:
    room, cast = room_and_votes
    counted = count_votes(rule, room, cast)
    assert counted.issue == by_hand(rule, room, cast)
    assert counted.exprimes + counted.abstentions == len(cast)


@given(assemblies(), bounds)
def test_the_amount_is_the_lower_median_within_its_bounds(
    room_and_votes: tuple[Assemblee, list[Voix]], limits: Bornes
) -> None:
    room, cast = room_and_votes
    counted = count_votes(Regle(), room, cast, limits)
    if counted.issue != "retenu":
        assert counted.montant is None
        return
    named = sorted(
        v.montant if v.montant is not None else limits.demande
        for v in cast
        if v.choix in (FAVORABLE, RESERVES)
    )
    assert counted.montant is not None
    below = sum(each < counted.montant for each in named)
    assert 2 * below <= len(named)
    roof = min(each for each in (limits.demande, limits.plafond, limits.reste) if each is not None)
    middle = named[len(named) // 2] if len(named) % 2 else named[len(named) // 2 - 1]
    assert counted.montant == max(0, min(middle, roof))


def room(present: int, base: int | None = None, represented: int = 0) -> Assemblee:
    return Assemblee(base or present + represented, present, represented)


def said(*choices: str, preside: int | None = None) -> list[Voix]:
    return [Voix(choix, None, number == preside) for number, choix in enumerate(choices)]


def test_half_of_the_base_is_a_quorum_and_less_is_not() -> None:
    cast = said(FAVORABLE)
    assert count_votes(Regle(), room(3, 6), cast).issue == "retenu"
    assert count_votes(Regle(), room(2, 6, 1), cast).issue == "retenu"
    assert count_votes(Regle(), room(2, 6), cast).issue == "sans_quorum"


def test_an_abstention_is_not_a_vote_cast() -> None:
    cast = said(FAVORABLE, ABSTENTION, ABSTENTION, ABSTENTION)
    assert count_votes(Regle(), room(4), cast).issue == "retenu"


def test_reserves_count_as_favorable() -> None:
    cast = said(RESERVES, RESERVES, DEFAVORABLE)
    assert count_votes(Regle(), room(3), cast).issue == "retenu"


def test_no_majority_either_way_adjourns() -> None:
    cast = said(FAVORABLE, DEFAVORABLE, AJOURNEMENT)
    assert count_votes(Regle(), room(3), cast).issue == "ajourne"
    assert count_votes(Regle(), room(2), []).issue == "ajourne"


def test_an_exact_half_is_decided_by_the_vote_of_whoever_presides() -> None:
    cast = said(FAVORABLE, DEFAVORABLE, preside=0)
    counted = count_votes(Regle(), room(2), cast)
    assert (counted.issue, counted.preponderante) == ("retenu", True)
    cast = said(FAVORABLE, DEFAVORABLE, preside=1)
    assert count_votes(Regle(), room(2), cast).issue == "refuse"


def test_an_exact_half_without_a_vote_of_the_chair_adjourns() -> None:
    absent = said(FAVORABLE, DEFAVORABLE)
    assert count_votes(Regle(), room(2), absent).issue == "ajourne"
    abstains = said(FAVORABLE, DEFAVORABLE, ABSTENTION, preside=2)
    assert count_votes(Regle(), room(3), abstains).issue == "ajourne"


def test_of_two_middle_amounts_the_lower_is_proposed() -> None:
    cast = [Voix(FAVORABLE, 1_000_000), Voix(FAVORABLE, 1_800_000)]
    counted = count_votes(Regle(), room(2), cast, Bornes(2_000_000))
    assert counted.montant == 1_000_000


def test_nothing_left_in_the_enveloppe_proposes_nothing() -> None:
    counted = count_votes(Regle(), room(1), said(FAVORABLE), Bornes(2_000_000, 2_300_000, 0))
    assert counted.montant == 0
