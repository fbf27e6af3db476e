"""`organisme` and `compte`: a first way in."""

from __future__ import annotations

import re

from api.migrate import migrating
from grants.organisation.links import find_link
from tests.builders.commands import Run
from tests.builders.filled_rows import count_rows


def test_an_organisme_is_created_with_a_link_for_its_direction(run: Run, url: str) -> None:
    said = create(run, "Atelier 34", "direction@atelier34.fr")

    assert "« Atelier 34 » est créé." in said
    assert opens(url, said) == "direction@atelier34.fr"


def test_an_organisme_badly_described_is_refused_with_every_fault(run: Run, url: str) -> None:
    code, said = run(
        *("organisme", "creer", "--nom", "Atelier", "--departements", "99999"),
        *("--direction", "Claire Fontaine", "--email", "pas-une-adresse"),
    )

    assert code == 1
    assert "- departements :" in said
    assert "- direction_email :" in said
    with migrating(url) as connection:
        assert count_rows(connection)["organisme"] == 0


def test_a_compte_gets_a_link_that_replaces_the_one_before(run: Run, url: str) -> None:
    first = create(run, "Atelier 34", "direction@atelier34.fr")

    code, second = run("compte", "lien", " Direction@Atelier34.fr ")

    assert code == 0
    assert opens(url, first) is None
    assert opens(url, second) == "direction@atelier34.fr"
    assert run("journal", "verify")[0] == 0


def test_a_link_for_nobody_is_refused(run: Run, url: str) -> None:
    assert run("compte", "lien", "nul@atelier34.fr") == (
        1,
        "Aucun compte n'a l'adresse nul@atelier34.fr.\n",
    )


def create(run: Run, nom: str, email: str) -> str:
    code, said = run(
        *("organisme", "creer", "--nom", nom, "--departements", "34"),
        *("--direction", "Claire Fontaine", "--email", email),
    )
    assert code == 0, said
    return said


def opens(url: str, said: str) -> str | None:
    """Whose password the link that was printed lets choose."""
    from api.house import utc_now

    secret = re.search(r"/reinitialisation/(\S+)", said)
    assert secret
    with migrating(url) as connection:
        account = find_link(connection, secret[1], utc_now())
    return account.email if account else None
