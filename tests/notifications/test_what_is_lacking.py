"""Before it leaves, a letter says all that it lacks: in its text, its files, on its envelope."""

from __future__ import annotations

from typing import Any

import pytest

from notifications.render import MissingValue, write
from tests.builders.lettering import AT, CONTEXT, HEAD, PORTEUSE, REFERENCE, template, with_


def lacking(body: str, context: dict[str, Any], *, to_post: bool, **letter: Any) -> Any:
    with pytest.raises(MissingValue) as refused:
        write(
            template(body, **letter),
            context,
            letterhead=HEAD,
            recipient=PORTEUSE,
            reference=REFERENCE,
            at=AT,
            to_post=to_post,
        )
    return refused.value.names


def test_all_is_told_at_once_and_once() -> None:
    context = {**with_("structure", code_postal=None, commune=""), "rendez_vous": None}
    body = (
        "{{ dossier.date_fin | date_longue }} {{ rendez_vous.le | heure }} {{ structure.commune }}"
    )
    assert lacking(body, context, to_post=True, attachments=("rendez_vous.ics",)) == (
        "dossier.date_fin",
        "rendez_vous.le",
        "structure.commune",
        "structure.code_postal",
    )


def test_an_address_is_lacking_only_on_an_envelope() -> None:
    context = with_("structure", adresse=None)
    assert lacking("Bonjour.", context, to_post=True) == ("structure.adresse",)
    sent = write(
        template("Bonjour."),
        context,
        letterhead=HEAD,
        recipient=PORTEUSE,
        reference=REFERENCE,
        at=AT,
    )
    assert sent.sheet.to == ("Les Jardins partagés", "Madame Ana Porteuse", "06000 NICE")


def test_what_is_empty_is_lacking_as_what_is_not_there() -> None:
    context = {**CONTEXT, "action": {"motif": ""}}
    assert lacking("{{ action.motif }}", context, to_post=False) == ("action.motif",)
