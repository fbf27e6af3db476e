"""Forms filled in by chance: always an answer in French, and what is refused leaves no trace."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote_from_bytes

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grants.organisation.roles import DIRECTION
from tests.builders.bad_values import BAD
from tests.builders.contents import contents
from tests.builders.every_form import EveryForm, every_form
from tests.builders.offices import Holdings, Office
from tests.builders.visitors import Visitor
from workflow.database import Database

TAKEN = {200, 303}
#: To be mended, refused for a reason, gone, forbidden, or too big.
REFUSED = {409, 422, 404, 403, 413}
_NAMES = ("motif", "titre", "id", "organisme_id", "stage", "montant_accorde", "role", "continuer")
_KNOWN = st.sampled_from(sorted({text for bad in BAD.values() for text in bad.values()}))
_NUMBERS = st.one_of(st.integers().map(str), st.floats().map(str), st.decimals().map(str))
_DATES = st.one_of(st.dates().map(str), st.datetimes().map(lambda at: at.isoformat()))
VALUES = st.one_of(st.text(max_size=300), _KNOWN, _NUMBERS, _DATES)


@pytest.fixture
def forms(database: Database, office: Office, holds: Holdings) -> list[EveryForm]:
    with database.unit_of_work() as session:
        return every_form(session, office, holds)


@pytest.fixture
def inside(app: FastAPI, office: Office) -> Visitor:
    return Visitor(app).enter(office.people[DIRECTION], office.id)


def encoded(fields: Mapping[str, str]) -> bytes:
    """A body that keeps even what UTF-8 has no place for."""

    def escaped(text: str) -> str:
        return quote_from_bytes(text.encode("utf-8", "surrogatepass"))

    return "&".join(f"{escaped(key)}={escaped(text)}" for key, text in fields.items()).encode()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_form_filled_in_by_chance_breaks_anything(
    inside: Visitor, forms: list[EveryForm], database: Database, data: st.DataObject
) -> None:
    form = data.draw(st.sampled_from(forms))
    asked = [field.key for field in form.fields]
    typed = data.draw(st.dictionaries(st.sampled_from(asked), VALUES))
    strange = data.draw(
        st.dictionaries(
            st.one_of(st.sampled_from(_NAMES), st.text(max_size=20)), VALUES, max_size=1
        )
    )
    sent = {**form.good, **typed, **strange, "csrf_token": inside.token()}
    before = contents(database)

    answer = inside.send(form.url, encoded(sent))

    assert answer.status_code in TAKEN | REFUSED
    if answer.status_code in REFUSED:
        assert 'lang="fr"' in answer.text
        assert contents(database) == before


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    url=st.sampled_from(["/connexion", "/reinitialisation/un-jeton", "/demarrage/code"]),
    names=st.lists(st.sampled_from(["email", "mot_de_passe", "suite", "confirmation", "code"])),
    values=st.lists(VALUES, min_size=5, max_size=5),
)
def test_no_form_of_the_door_filled_in_by_chance_lets_anybody_in(
    app: FastAPI, office: Office, database: Database, url: str, names: list[str], values: list[str]
) -> None:
    stranger, before = Visitor(app), contents(database)
    fields = {**dict(zip(names, values, strict=False)), "csrf_token": stranger.token()}
    answer = stranger.send(url, encoded(fields))
    assert answer.status_code in {404, 422, 429}
    assert 'lang="fr"' in answer.text
    assert not stranger.is_signed_in()
    assert contents(database) == before


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fields=st.dictionaries(
        st.sampled_from(
            [
                "nom",
                "sigle",
                "departements",
                "territoire",
                "direction_nom",
                "direction_email",
                "mot_de_passe",
                "confirmation",
            ]
        ),
        VALUES,
    )
)
def test_no_first_form_filled_in_by_chance_starts_anything(
    app: FastAPI, database: Database, fields: dict[str, str]
) -> None:
    stranger, before = Visitor(app), contents(database)
    answer = stranger.send("/demarrage", encoded({**fields, "csrf_token": stranger.token()}))
    assert answer.status_code == 422
    assert contents(database) == before
