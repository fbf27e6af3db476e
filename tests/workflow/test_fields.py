"""Typed fields: each reads, refuses with a remedy, is kept in JSON, shown again and displayed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.delays import Delays
from workflow.fields import (
    FIELD_TYPES,
    FieldFault,
    FieldType,
    FieldTypeTaken,
    MissingAnswer,
    field_type_registry,
    fields_schema,
    parse_fields,
)

NARROW, NO_BREAK = "\u202f", "\u00a0"
ANY_TEXT = st.text(st.characters(exclude_categories=()))
PLAUSIBLE = st.sampled_from(
    [
        *("15/07/2009", "2009-07-15T14:30", "23 000,00 €", "-3,5", "12", "oui", "NON", "ess"),
        *("rose", "W751234567", "732 829 320 00074", "01 99 00 12 34", "+32 2 555 12 34"),
        *("a.b@exemple.fr", "exemple.fr", "http://exemple.fr:80/a?b#c", "Jardin\npartagé"),
    ]
)


@dataclass(frozen=True)
class Choice:
    key: str
    label: str


@dataclass(frozen=True)
class Spec:
    type: str
    key: str = "question"
    label: str = "Question"
    help: str = ""
    required: bool = False
    choices: tuple[Choice, ...] = (Choice("ess", "Structure de l'ESS"), Choice("rose", "Rose"))
    longest: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    multiple: bool = False


def parse(raw: Any, spec: Spec) -> Any:
    return FIELD_TYPES[spec.type].parse(raw, spec)


def refusal(raw: Any, spec: Spec) -> str:
    with pytest.raises(FieldFault) as refused:
        parse(raw, spec)
    return str(refused.value)


@pytest.mark.parametrize(
    ("kind", "raw", "value", "kept", "form", "display"),
    [
        ("texte", " Le  jardin ", "Le  jardin", "Le  jardin", "Le  jardin", "Le  jardin"),
        ("texte_long", "a\r\nb", "a\nb", "a\nb", "a\nb", "a\nb"),
        (
            *("montant", "23 000,50 €", 2_300_050, 2_300_050),
            *(f"23{NARROW}000,50", f"23{NARROW}000,50{NO_BREAK}€"),
        ),
        ("nombre", "1 200,5", 120_050, 120_050, f"1{NARROW}200,50", f"1{NARROW}200,5"),
        ("nombre", "3", 300, 300, "3", "3"),
        ("entier", "2 009", 2009, 2009, "2009", "2009"),
        ("entier", "12 000", 12000, 12000, "12000", f"12{NARROW}000"),
        (
            *("date", "15/07/2009", date(2009, 7, 15)),
            *("2009-07-15", "2009-07-15", "15 juillet 2009"),
        ),
        (
            *("date_heure", "15/07/2009 14h30", datetime(2009, 7, 15, 12, 30, tzinfo=UTC)),
            *("2009-07-15T12:30:00Z", "2009-07-15T14:30"),
            f"15 juillet 2009 à 14{NO_BREAK}h{NO_BREAK}30",
        ),
        ("choix", "ess", "ess", "ess", "ess", "Structure de l'ESS"),
        (
            *("choix_multiple", ["rose", "ess", "rose"], ("rose", "ess"), ["rose", "ess"]),
            *(["rose", "ess"], "Rose, Structure de l'ESS"),
        ),
        ("choix_multiple", "rose", ("rose",), ["rose"], ["rose"], "Rose"),
        ("oui_non", "Oui", True, True, "oui", "Oui"),
        ("oui_non", "non", False, False, "non", "Non"),
        (
            *("delais", "15 jours ouvrés ; -2 jours", Delays.parse("15 jours ouvrés, −2 jours")),
            *["15 jours ouvrés, −2 jours"] * 3,
        ),
        ("delais", "Jamais", Delays(), "jamais", "jamais", "jamais"),
        ("email", " A.B@Exemple.FR ", *["a.b@exemple.fr"] * 4),
        ("email", "a@école.fr", *["a@xn--cole-9oa.fr"] * 4),
        (
            *("telephone", "01.99-00/12 34", "+33199001234", "+33199001234", "+33199001234"),
            "01 99 00 12 34".replace(" ", NO_BREAK),
        ),
        (
            *("telephone", "+32 2 555 12 34", "+3225551234", "+3225551234", "+3225551234"),
            "+32 2 555 12 34".replace(" ", NO_BREAK),
        ),
        (
            *("siret", f"732{NARROW}829 320 00074", "73282932000074", "73282932000074"),
            *("73282932000074", "732 829 320 00074".replace(" ", NO_BREAK)),
        ),
        ("rna", " w75 1234567", *["W751234567"] * 4),
        ("url", "www.exemple.fr/a", *["https://www.exemple.fr/a"] * 4),
        ("url", "exemple.fr?u=http://a.fr", *["https://exemple.fr?u=http://a.fr"] * 4),
        ("url", "HTTP://exemple.fr", *["http://exemple.fr"] * 4),
    ],
)
def test_an_answer_is_read_kept_shown_again_and_displayed(
    kind: str, raw: str | list[str], value: Any, kept: Any, form: Any, display: str
) -> None:
    field, spec = FIELD_TYPES[kind], Spec(kind)
    assert field.parse(raw, spec) == value
    assert type(field.parse(raw, spec)) is type(value)
    assert field.dump(value) == kept
    assert field.load(json.loads(json.dumps(kept))) == value
    assert field.form(value) == form
    assert field.parse(form, spec) == value
    assert field.display(value, spec) == display


@pytest.mark.parametrize(
    ("kind", "raw", "message"),
    [
        ("texte", "a\nb", "Écrivez ce texte sur une seule ligne."),
        ("texte", "a" * 201, "Ce texte compte 201 caractères. Réduisez-le à 200 au plus."),
        ("texte_long", "a" * 10_001, "10000 au plus"),
        ("texte", "\x00", "caractère de commande"),
        ("montant", "beaucoup", "Écrivez un montant comme 23 000 ou 23 000,00."),
        ("montant", "1,234", "Écrivez 1 234 ou 1,23"),
        ("montant", "-1", "sans signe"),
        ("nombre", "1.234", "Écrivez un nombre comme 1 200 ou 3,5."),
        ("nombre", "12 €", "Écrivez un nombre"),
        ("nombre", "99999999999", f"Écrivez 9{NARROW}999{NARROW}999{NARROW}999,99 au plus."),
        ("entier", "12,0", "Écrivez un nombre entier, sans virgule, comme 12."),
        ("delais", "15 jours et 30 jours", "Écrivez des délais comme « 15 jours ouvrés, 30 jours"),
        ("delais", "15 jours, 15 jour", "Le même délai est écrit deux fois."),
        ("delais", ", ".join(f"{n} jours" for n in range(2, 15)), "douze délais au plus"),
        ("entier", "douze", "Écrivez un nombre entier"),
        ("entier", "2147483648", f"Écrivez 2{NARROW}147{NARROW}483{NARROW}647 au plus."),
        ("entier", "9" * 50, "au plus"),
        ("date", "30/02/2009", "Cette date n'existe pas."),
        ("date_heure", "2026-03-29T02:30", "l'heure d'été"),
        ("choix", "autre", "Choisissez une des réponses proposées."),
        ("choix_multiple", ["ess", "autre"], "Choisissez une des réponses proposées."),
        ("oui_non", "peut-être", "Répondez oui ou non."),
        ("oui_non", "true", "Répondez oui ou non."),
        ("email", "rené@exemple.fr", "sans accent"),
        ("email", "a@b", "comme prenom.nom@exemple.fr"),
        ("email", "a@localhost", "comme prenom.nom@exemple.fr"),
        ("telephone", "12", "Écrivez un numéro comme"),
        ("telephone", "0800 MICRO", "Écrivez un numéro comme"),
        ("telephone", "01 99 00 12 34 ou 35", "Écrivez un numéro comme"),
        ("siret", "732 829 320 0007", "Écrivez les 14 chiffres"),
        ("siret", "732 829 320 00079", "Recopiez les 14 chiffres"),
        ("siret", "0" * 14, "Recopiez les 14 chiffres"),
        ("siret", "\u0667" * 14, "Écrivez les 14 chiffres"),
        ("rna", "751234567", "un W suivi de 9 chiffres"),
        ("url", "javascript:alert(1)", "https://www.exemple.fr"),
        ("url", "javascript://exemple.fr/%0aalert(1)", "https://www.exemple.fr"),
        ("url", "https://moi:secret@exemple.fr", "https://www.exemple.fr"),
        ("url", "ftp://exemple.fr", "https://www.exemple.fr"),
        ("url", "http://[::1", "https://www.exemple.fr"),
        ("url", "exemple", "https://www.exemple.fr"),
        ("url", 'https://exemple.fr/"onclick=', "https://www.exemple.fr"),
    ],
)
def test_a_wrong_answer_is_refused_with_its_remedy(
    kind: str, raw: str | list[str], message: str
) -> None:
    assert message in refusal(raw, Spec(kind))


@pytest.mark.parametrize("kind", sorted(FIELD_TYPES))
@pytest.mark.parametrize("raw", [None, "", "  \n", "\u200b\ufeff", [], ["", " "]])
def test_an_empty_answer_is_none_or_owed(kind: str, raw: str | list[str] | None) -> None:
    field = FIELD_TYPES[kind]
    assert field.parse(raw, Spec(kind)) is None
    with pytest.raises(MissingAnswer, match="Ce champ est à renseigner"):
        field.parse(raw, Spec(kind, required=True))
    assert field.dump(None) is None
    assert field.load(None) is None
    assert field.form(None) == ""
    assert field.display(None, Spec(kind)) == "Non renseigné"


@pytest.mark.parametrize("kind", sorted(FIELD_TYPES))
@pytest.mark.parametrize("raw", [12, 1.5, True, {"a": 1}, [1], [["a"]], b"octets"])
def test_an_answer_that_is_not_text_is_refused(kind: str, raw: Any) -> None:
    assert refusal(raw, Spec(kind)) == "Donnez la réponse sous forme de texte."


def test_several_answers_to_a_single_question_are_refused() -> None:
    assert refusal(["a", "b"], Spec("texte")) == "Donnez une seule réponse."
    assert parse(["a", ""], Spec("texte")) == "a"


def test_any_type_can_be_asked_several_times() -> None:
    spec = Spec("date", multiple=True)
    days = (date(2009, 7, 15), date(2009, 7, 16))
    assert parse(["15/07/2009", "2009-07-16", "2009-07-15"], spec) == days
    assert FIELD_TYPES["date"].load(FIELD_TYPES["date"].dump(days)) == days
    assert FIELD_TYPES["date"].display(days, spec) == "15 juillet 2009, 16 juillet 2009"
    assert refusal(["15/07/2009"] * 201, spec) == "Donnez 200 réponses au plus."


@pytest.mark.parametrize(
    ("kind", "minimum", "maximum", "raw", "message"),
    [
        ("montant", 100, 2_300_000, "0,99", f"Écrivez 1{NO_BREAK}€ au moins."),
        ("montant", 100, 2_300_000, "23000,01", f"Écrivez 23{NARROW}000{NO_BREAK}€ au plus."),
        ("nombre", 50, 350, "3,51", "Écrivez 3,50 au plus."),
        ("entier", 1, 5, "6", "Écrivez 5 au plus."),
        ("entier", 1, 5, "0", "Écrivez 1 au moins."),
        ("entier", -5, 5, "-6", "Écrivez \u22125 au moins."),
    ],
)
def test_a_number_out_of_its_limits_is_refused_with_the_limit(
    kind: str, minimum: int, maximum: int, raw: str, message: str
) -> None:
    assert refusal(raw, Spec(kind, minimum=minimum, maximum=maximum)) == message


def test_a_number_at_its_limits_is_accepted_and_may_be_negative_where_asked() -> None:
    assert parse("-5", Spec("entier", minimum=-5)) == -5
    assert "un jour au moins" in refusal("1 jour, 0 jour", Spec("delais", minimum=1))
    assert parse("5", Spec("entier", maximum=5)) == 5
    assert parse("\u22121,5", Spec("nombre", minimum=-500)) == -150
    assert parse("-10 €", Spec("montant", minimum=-100_000)) == -1000


def test_a_choice_that_is_no_longer_proposed_shows_its_key() -> None:
    assert FIELD_TYPES["choix"].display("ancien", Spec("choix")) == "ancien"


# The first example of some types loads their library, which takes longer than a deadline.
@pytest.mark.parametrize("kind", sorted(FIELD_TYPES))
@settings(deadline=None)
@given(
    raw=ANY_TEXT | PLAUSIBLE | st.lists(ANY_TEXT | PLAUSIBLE, max_size=3), negative=st.booleans()
)
def test_any_text_gives_a_value_that_keeps_or_a_field_fault(
    kind: str, raw: str | list[str], negative: bool
) -> None:
    field, spec = FIELD_TYPES[kind], Spec(kind, minimum=-1000 if negative else None)
    try:
        value = field.parse(raw, spec)
    except FieldFault:
        return
    assert value != ""
    assert field.load(json.loads(json.dumps(field.dump(value)))) == value
    assert field.parse(field.form(value), spec) == value
    assert field.display(value, spec).encode()


def toy(key: str) -> FieldType:
    return FieldType(
        key, read=lambda text, _spec: int(text), describe=lambda _spec: {}, show=lambda v, _spec: v
    )


def test_another_floor_adds_its_own_types() -> None:
    types = field_type_registry(toy("seance"))
    assert types["seance"].parse("12", Spec("seance")) == 12
    assert set(types) == {*FIELD_TYPES, "seance"}
    assert "seance" not in FIELD_TYPES


@pytest.mark.parametrize("keys", [("texte",), ("seance", "seance")])
def test_a_type_registered_twice_is_a_fault(keys: tuple[str, ...]) -> None:
    with pytest.raises(FieldTypeTaken, match=keys[0]):
        field_type_registry(*map(toy, keys))


FORM = (
    Spec("texte", key="titre", label="Titre", required=True, longest=20),
    Spec("montant", key="aide", label="Aide demandée", help="Toutes taxes comprises."),
    Spec("choix_multiple", key="secteurs", label="Secteurs", required=True),
)


def test_a_form_gives_its_values_and_every_fault_at_once() -> None:
    raw: Mapping[str, Any] = {"titre": "", "aide": "1,234", "secteurs": ["ess"], "intrus": "x"}
    values, faults = parse_fields(FORM, raw, FIELD_TYPES)
    assert values == {"secteurs": ("ess",)}
    assert faults == {
        "titre": "Ce champ est à renseigner.",
        "aide": "Écrivez 1 234 ou 1,23 : des espaces pour les milliers, deux décimales au plus.",
        "intrus": "Champ inconnu. Retirez-le de l'envoi.",
    }


def test_a_form_without_fault_gives_a_value_for_each_field() -> None:
    raw = {"titre": "Jardin", "secteurs": ["ess", "rose"]}
    values, faults = parse_fields(FORM, raw, FIELD_TYPES)
    assert values == {"titre": "Jardin", "aide": None, "secteurs": ("ess", "rose")}
    assert faults == {}


@given(
    st.dictionaries(
        st.sampled_from(["titre", "aide", "secteurs"]) | ANY_TEXT,
        st.none() | ANY_TEXT | PLAUSIBLE | st.lists(ANY_TEXT, max_size=3) | st.integers(),
        max_size=6,
    )
)
def test_every_field_of_any_form_ends_among_the_values_or_the_faults(raw: dict[str, Any]) -> None:
    values, faults = parse_fields(FORM, raw, FIELD_TYPES)
    asked = {spec.key for spec in FORM}
    assert not values.keys() & faults.keys()
    assert values.keys() | faults.keys() == asked | raw.keys()


def test_the_schema_of_a_form_names_its_fields_and_nothing_else() -> None:
    choices = [
        {"const": "ess", "title": "Structure de l'ESS"},
        {"const": "rose", "title": "Rose"},
    ]
    assert fields_schema(FORM, FIELD_TYPES) == {
        "type": "object",
        "properties": {
            "titre": {"title": "Titre", "type": "string", "minLength": 1, "maxLength": 20},
            "aide": {
                "title": "Aide demandée",
                "description": "Toutes taxes comprises.",
                "type": "string",
                "minLength": 1,
                "pattern": "^[0-9]{1,10}([.,][0-9]{1,2})?$",
                "examples": ["23000,00"],
            },
            "secteurs": {
                "title": "Secteurs",
                "type": "array",
                "items": {"type": "string", "minLength": 1, "oneOf": choices},
                "uniqueItems": True,
                "minItems": 1,
                "maxItems": 200,
            },
        },
        "required": ["titre", "secteurs"],
        "additionalProperties": False,
    }


@pytest.mark.parametrize("kind", sorted(FIELD_TYPES))
def test_the_examples_of_a_schema_match_it_and_are_accepted(kind: str) -> None:
    spec = Spec(kind, minimum=-1)
    schema = FIELD_TYPES[kind].schema(spec)
    assert json.loads(json.dumps(schema)) == schema
    for example in schema.get("examples", []):
        assert re.fullmatch(schema["pattern"], example)
        assert parse(example, spec) is not None


def test_reading_the_fields_loads_no_slow_library() -> None:
    slow = "{'phonenumbers', 'email_validator', 'stdnum', 'holidays'}"
    program = f"import sys, workflow.fields, workflow.calendar; print({slow} & set(sys.modules))"
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "set()"
