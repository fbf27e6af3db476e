"""The types of fields whose answers follow somebody else's rules: e-mail, telephone, SIRET…

The libraries that know those rules are slow to load: each is imported at its first use.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from workflow.field_contract import FieldFault, FieldSpec, FieldType, JsonSchema
from workflow.money import FRENCH_SPACES, NO_BREAK_SPACE
from workflow.texts import clean_text

REGION = "FR"
LONGEST_EMAIL = 254
LONGEST_URL = 500
_LONGEST_REFERENCE = 60


class NotAnEmail(FieldFault):
    """Écrivez une adresse électronique comme prenom.nom@exemple.fr, sans accent."""


class NotATelephone(FieldFault):
    """Écrivez un numéro comme 01 99 00 12 34, ou +32 2 555 12 34 pour l'étranger."""


class NotASiret(FieldFault):
    """Écrivez les 14 chiffres du SIRET, comme 123 456 789 00012."""


class MistypedSiret(FieldFault):
    """Un des chiffres de ce SIRET est faux. Recopiez les 14 chiffres."""


class NotARna(FieldFault):
    """Écrivez le numéro RNA, un W suivi de 9 chiffres, comme W751234567."""


class NotAUrl(FieldFault):
    """Écrivez une adresse de site comme https://www.exemple.fr."""


_SEPARATORS = re.compile(rf"[{FRENCH_SPACES}.\-\u2010\u2011]")
_SPACES = re.compile(rf"[{FRENCH_SPACES}]")
_SIRET = re.compile(r"[0-9]{14}")
_RNA = re.compile(r"W[0-9]{9}")
_TELEPHONE = re.compile(rf"[0-9+()/.\-\u2010\u2011{FRENCH_SPACES}]+")
_HOST = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://")
_UNSAFE_IN_URL = re.compile(r"[\s<>\"'`\\^{|}]")


def _read_email(text: str, _spec: FieldSpec) -> str:
    """Lower-cased whole, since it identifies a person: nobody tells A.B@ from a.b@."""
    from email_validator import EmailNotValidError, validate_email

    address = clean_text(text, longest=LONGEST_EMAIL)
    try:
        valid = validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise NotAnEmail from None
    return (valid.ascii_email or valid.normalized).lower()


def _read_telephone(text: str, _spec: FieldSpec) -> str:
    import phonenumbers

    number = clean_text(text, longest=_LONGEST_REFERENCE)
    if not _TELEPHONE.fullmatch(number):
        raise NotATelephone
    try:
        parsed = phonenumbers.parse(number, REGION)
    except phonenumbers.NumberParseException:
        raise NotATelephone from None
    if not phonenumbers.is_valid_number(parsed):
        raise NotATelephone
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def show_telephone(number: str, _spec: FieldSpec | None = None) -> str:
    """« 01 99 00 12 34 » for a French number, the international writing for another."""
    import phonenumbers

    parsed = phonenumbers.parse(number)
    formats = phonenumbers.PhoneNumberFormat
    french = parsed.country_code == phonenumbers.country_code_for_region(REGION)
    written = phonenumbers.format_number(
        parsed, formats.NATIONAL if french else formats.INTERNATIONAL
    )
    return written.replace(" ", NO_BREAK_SPACE)


def _read_siret(text: str, _spec: FieldSpec) -> str:
    from stdnum.exceptions import ValidationError
    from stdnum.fr import siret

    number = _SEPARATORS.sub("", clean_text(text, longest=_LONGEST_REFERENCE))
    if not _SIRET.fullmatch(number):
        raise NotASiret
    try:
        siret.validate(number)
    except ValidationError:
        raise MistypedSiret from None
    # Fourteen zeros pass every check digit.
    if not number.strip("0"):
        raise MistypedSiret
    return number


def show_siret(number: str, _spec: FieldSpec | None = None) -> str:
    """« 732 829 320 00074 », unbreakable."""
    parts = (number[:3], number[3:6], number[6:9], number[9:])
    return NO_BREAK_SPACE.join(parts)


def _read_rna(text: str, _spec: FieldSpec) -> str:
    number = _SPACES.sub("", clean_text(text, longest=_LONGEST_REFERENCE)).upper()
    if not _RNA.fullmatch(number):
        raise NotARna
    return number


def _read_url(text: str, spec: FieldSpec) -> str:
    longest = spec.longest or LONGEST_URL
    address = clean_text(text, longest=longest)
    if not _SCHEME.match(address):
        address = clean_text(f"https://{address}", longest=longest)
    if _UNSAFE_IN_URL.search(address):
        raise NotAUrl
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        raise NotAUrl from None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or not _HOST.fullmatch(host):
        raise NotAUrl
    return parts.geturl()


def _describe_url(spec: FieldSpec) -> JsonSchema:
    return {"format": "uri", "pattern": "^https?://", "maxLength": spec.longest or LONGEST_URL}


def _as_is(value: str, _spec: FieldSpec) -> str:
    return value


REFERENCE_TYPES = (
    FieldType(
        "email",
        read=_read_email,
        describe=lambda _spec: {"format": "email", "maxLength": LONGEST_EMAIL},
        show=_as_is,
    ),
    FieldType(
        "telephone",
        read=_read_telephone,
        describe=lambda _spec: {"pattern": r"^\+[1-9][0-9]{4,14}$", "examples": ["+33199001234"]},
        show=show_telephone,
    ),
    FieldType(
        "siret",
        read=_read_siret,
        describe=lambda _spec: {"pattern": "^[0-9]{14}$"},
        show=show_siret,
    ),
    FieldType(
        "rna",
        read=_read_rna,
        describe=lambda _spec: {"pattern": "^W[0-9]{9}$"},
        show=_as_is,
    ),
    FieldType("url", read=_read_url, describe=_describe_url, show=_as_is),
)
