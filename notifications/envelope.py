"""What may stand on an envelope and in a header: one address, one name, on one line.

Whatever could send a message to somebody else is refused, or made harmless.
"""

from __future__ import annotations

import re
import unicodedata
from email.headerregistry import Address
from itertools import takewhile

LONGEST_NAME = 120
LONGEST_SUBJECT = 300
_SPACES = re.compile(r"\s+")
# What separates or wraps addresses in a header: none of it stands in an address we write to.
_SEVERAL = re.compile(r"[\s,;:<>()\[\]\\\"]|=\?")
_LONGEST_LOCAL = 64


class UnsafeAddress(ValueError):
    """Cette adresse ne peut pas être écrite sur une enveloppe."""


def safe_address(raw: str | None) -> str:
    """One address in ASCII, its domain encoded (IDNA). Raises UnsafeAddress with a sentence."""
    from email_validator import EmailNotValidError, validate_email

    address = (raw or "").strip(" ")
    if not address:
        raise UnsafeAddress("Il n’y a pas d’adresse e-mail.")
    if not address.isprintable():
        raise UnsafeAddress("L’adresse contient un caractère invisible ou un retour à la ligne.")
    if _SEVERAL.search(address) or address.count("@") > 1:
        raise UnsafeAddress("Il y a autre chose qu’une seule adresse e-mail dans ce champ.")
    try:
        valid = validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise UnsafeAddress("L’adresse e-mail n’est pas bien formée.") from None
    if len(valid.local_part) > _LONGEST_LOCAL:
        raise UnsafeAddress("L’adresse e-mail est trop longue.")
    assert valid.ascii_email is not None, "an address without SMTPUTF8 has an ASCII form"
    return valid.ascii_email


def safe_name(raw: str | None, longest: int = LONGEST_NAME) -> str:
    """A name or a subject on one line, without anything that cannot be seen.

    What looks like an encoded word would be decoded on the way, line ends and all: it is parted.
    """
    spaced = _SPACES.sub(" ", raw or "")
    seen = "".join(each for each in spaced if unicodedata.category(each)[0] != "C")
    return seen.replace("=?", "= ?")[:longest].strip()


def mailbox(name: str | None, address: str | None) -> Address:
    """A name and its address, for a header. Raises UnsafeAddress."""
    return Address(safe_name(name), addr_spec=safe_address(address))


def printable_line(raw: bytes | str, longest: int) -> str:
    """What a server answered, as one line that can be shown."""
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    return safe_name(text, longest)


def domain_of(address: str) -> str:
    """The domain of an address, or what stands for one."""
    domain = address.rpartition("@")[2]
    plain = "".join(takewhile(lambda each: each.isascii() and each.isprintable(), domain))
    return plain or "localhost"
