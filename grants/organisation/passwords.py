"""Passwords: what is asked of them, and how they are kept."""

from __future__ import annotations

import threading
import unicodedata
from functools import cached_property
from typing import TYPE_CHECKING

from workflow.texts import fold

if TYPE_CHECKING:
    from pwdlib import PasswordHash

SHORTEST = 12
LONGEST = 200
_FEWEST_DIFFERENT = 5

#: What the person who chooses one is told beforehand.
RULES = (
    f"Au moins {SHORTEST} caractères : une suite de mots convient très bien.",
    "Ni votre adresse e-mail, ni votre nom.",
    "Un mot de passe qui ne sert nulle part ailleurs.",
)


def password_fault(password: str, *, email: str, nom: str = "") -> str | None:
    """What is wrong with a password somebody chose, in one sentence; None when it will do."""
    if not password:
        return "Choisissez un mot de passe."
    if len(password) < SHORTEST:
        missing = SHORTEST - len(password)
        return f"Il faut au moins {SHORTEST} caractères : ajoutez-en {missing}."
    if len(password) > LONGEST:
        return f"Ce mot de passe est trop long : {LONGEST} caractères au plus."
    folded = fold(password)
    guessable = {fold(email), fold(email.partition("@")[0]), fold(nom)} - {""}
    if _is_all_known(folded, guessable):
        return "Ce mot de passe reprend votre adresse ou votre nom. Choisissez-en un autre."
    if len(set(folded)) < _FEWEST_DIFFERENT:
        return "Ce mot de passe répète toujours les mêmes caractères. Choisissez-en un autre."
    return None


def _is_all_known(password: str, guessable: set[str]) -> bool:
    """Whether nothing but a few characters is left once what everybody knows is taken out."""
    for known in sorted(guessable, key=len, reverse=True):
        if len(known) >= _FEWEST_DIFFERENT:
            password = password.replace(known, "")
    return len("".join(password.split())) < _FEWEST_DIFFERENT


# What OWASP advises where memory is shared: 19 MiB and two passes, for each password checked.
_MEMORY_KIB = 19 * 1024
_PASSES = 2
# Many people signing in at once wait for each other, so that they cannot exhaust the memory.
_AT_ONCE = 4


class Passwords:
    """Hashes and checks passwords, as slowly for an unknown account as for a known one."""

    def __init__(self, *, memory_kib: int = _MEMORY_KIB) -> None:
        self._memory_kib = memory_kib
        self._turns = threading.BoundedSemaphore(_AT_ONCE)

    def hash(self, password: str) -> str:
        """What is stored."""
        with self._turns:
            return self._hash.hash(_normal(password))

    def check(self, password: str, stored: str | None) -> bool:
        """Whether this is the password; False, after the same work, when there is none."""
        nobody = self._nobody  # made at the first check, whoever signs in: it took a start 20 ms
        with self._turns:
            matches = self._hash.verify(_normal(password), stored or nobody)
        return matches and stored is not None

    @cached_property
    def _nobody(self) -> str:
        return self.hash("le mot de passe de personne")

    @cached_property
    def _hash(self) -> PasswordHash:
        from pwdlib import PasswordHash
        from pwdlib.hashers.argon2 import Argon2Hasher

        hasher = Argon2Hasher(time_cost=_PASSES, memory_cost=self._memory_kib, parallelism=1)
        return PasswordHash((hasher,))


def _normal(password: str) -> str:
    """One form for one text: keyboards do not all compose accents the same way."""
    return unicodedata.normalize("NFKC", password)
