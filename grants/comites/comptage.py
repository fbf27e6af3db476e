"""How the votes on one dossier are counted: pure, and the same for every comité.

The default rule is domain.md's « Default counting rule [P] »; what an organisme may change of it
stands in `Regle`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

FAVORABLE, RESERVES = "favorable", "favorable_avec_reserves"
AJOURNEMENT, DEFAVORABLE, ABSTENTION = "ajournement", "defavorable", "abstention"
CHOIX = {
    FAVORABLE: "Favorable",
    RESERVES: "Favorable avec réserves",
    AJOURNEMENT: "Ajournement",
    DEFAVORABLE: "Défavorable",
    ABSTENTION: "Abstention",
}
FAVORABLES = frozenset({FAVORABLE, RESERVES})

#: What the comité says of a dossier: `retenu`, `refuse`, `ajourne`; nothing without a quorum.
RETENU, REFUSE, AJOURNE, SANS_QUORUM = "retenu", "refuse", "ajourne", "sans_quorum"

Majorite = Literal["exprimes", "presents", "membres"]
Partage = Literal["president", "ajourner"]


@dataclass(frozen=True, slots=True)
class Regle:
    """What is asked of a vote: a quorum of `quorum_sur` parts out of `quorum_de`, a majority.

    `majorite`: more than half of the votes cast, of those present or represented, or of the base.
    `partage`: what an exact half of favorable votes among those counted leads to.
    """

    quorum: int = 1
    quorum_sur: int = 2
    majorite: Majorite = "exprimes"
    partage: Partage = "president"


@dataclass(frozen=True, slots=True)
class Voix:
    """One vote. `montant` in cents, for a favorable vote that names one; `preside`: the vote of
    the person who presides, given for himself."""

    choix: str
    montant: int | None = None
    preside: bool = False


@dataclass(frozen=True, slots=True)
class Assemblee:
    """Who counts on this dossier, once those who stepped aside are taken off.

    `base`: members with a vote, in office that day; `presents` and `representes` are among them.
    """

    base: int
    presents: int
    representes: int = 0


@dataclass(frozen=True, slots=True)
class Bornes:
    """What the amount cannot exceed, in cents: asked, cap and what is left, where they exist."""

    demande: int
    plafond: int | None = None
    reste: int | None = None


@dataclass(frozen=True, slots=True)
class Comptage:
    """What the count says. `preponderante`: the president's vote made the difference."""

    base: int
    presents: int
    representes: int
    quorum_atteint: bool
    favorables: int
    defavorables: int
    ajournements: int
    abstentions: int
    issue: str
    preponderante: bool = False
    montant: int | None = None

    @property
    def exprimes(self) -> int:
        """Votes cast: an abstention is not one."""
        return self.favorables + self.defavorables + self.ajournements


def has_quorum(regle: Regle, assemblee: Assemblee) -> bool:
    """By default: 2 × (present + represented) ≥ base. Nobody at all is never a quorum."""
    there = assemblee.presents + assemblee.representes
    return there > 0 and regle.quorum_sur * there >= regle.quorum * assemblee.base


def count_votes(
    regle: Regle, assemblee: Assemblee, voix: Sequence[Voix], bornes: Bornes | None = None
) -> Comptage:
    """Count the votes on one dossier; the amount where it is selected and `bornes` are given."""
    favorables = sum(each.choix in FAVORABLES for each in voix)
    defavorables = sum(each.choix == DEFAVORABLE for each in voix)
    ajournements = sum(each.choix == AJOURNEMENT for each in voix)
    quorum = has_quorum(regle, assemblee)
    issue, decided_alone = SANS_QUORUM, False
    if quorum:
        among = _counted_among(regle, assemblee, favorables + defavorables + ajournements)
        issue, decided_alone = _issue(regle, favorables, defavorables, among, voix)
    return Comptage(
        base=assemblee.base,
        presents=assemblee.presents,
        representes=assemblee.representes,
        quorum_atteint=quorum,
        favorables=favorables,
        defavorables=defavorables,
        ajournements=ajournements,
        abstentions=len(voix) - favorables - defavorables - ajournements,
        issue=issue,
        preponderante=decided_alone,
        montant=proposed_amount(voix, bornes) if issue == RETENU and bornes else None,
    )


def proposed_amount(voix: Iterable[Voix], bornes: Bornes) -> int:
    """The median of the favorable votes, the lower of two middle ones, within its bounds.

    A favorable vote without an amount counts as the amount asked. Never under zero: an enveloppe
    that is used up leaves nothing to grant.
    """
    amounts = sorted(
        bornes.demande if each.montant is None else each.montant
        for each in voix
        if each.choix in FAVORABLES
    )
    middle = amounts[(len(amounts) - 1) // 2] if amounts else bornes.demande
    limits = [bornes.demande, bornes.plafond, bornes.reste]
    return max(0, min(middle, *[limit for limit in limits if limit is not None]))


def _counted_among(regle: Regle, assemblee: Assemblee, cast: int) -> int:
    if regle.majorite == "exprimes":
        return cast
    if regle.majorite == "presents":
        return assemblee.presents + assemblee.representes
    return assemblee.base


def _issue(
    regle: Regle, favorables: int, defavorables: int, among: int, voix: Sequence[Voix]
) -> tuple[str, bool]:
    if 2 * favorables > among:
        return RETENU, False
    if 2 * defavorables > among:
        return REFUSE, False
    if among and 2 * favorables == among and regle.partage == "president":
        return _casting_vote(voix)
    return AJOURNE, False


def _casting_vote(voix: Sequence[Voix]) -> tuple[str, bool]:
    """The vote of the person presiding decides; absent, abstaining or aside, nobody does."""
    choix = next((each.choix for each in voix if each.preside), ABSTENTION)
    if choix in FAVORABLES:
        return RETENU, True
    if choix == DEFAVORABLE:
        return REFUSE, True
    return AJOURNE, False
