"""What whoever edits a letter is offered: every value with an example, and letters tried on it."""

from __future__ import annotations

import pytest

from api.composition import default_engine
from grants.dossiers.lettres.examples import example_of, examples_of, preview_context
from grants.dossiers.lettres.variables import variables_of
from notifications.template_check import check_template
from notifications.template_versions import Template, original
from notifications.writing import composed_of
from tests.builders.dossiers import Counter

ENGINE = default_engine()
LETTERS = ENGINE.vocabulary.letters


@pytest.mark.parametrize("key", sorted(LETTERS))
def test_every_letter_can_be_written_from_its_examples(key: str) -> None:
    letter = LETTERS[key]
    examples = examples_of(ENGINE, letter)
    for example in examples:
        assert composed_of(original(letter), example).blocks
    for variable in variables_of(ENGINE, letter):
        assert variable.description
        said = Template(letter, f"Objet : Essai\n\n{variable.written}\n", None, "")
        assert composed_of(said, examples[0]).blocks, variable.name


def test_a_copy_of_the_original_may_be_saved() -> None:
    letter = LETTERS["entree_accompagnement"]
    assert check_template(letter.source, examples_of(ENGINE, letter)) == []


def test_a_value_that_may_be_missing_is_told_to_whoever_forgets_it() -> None:
    letter = LETTERS["confirmation_rendez_vous"]
    careless = letter.source + "\n{{ rendez_vous.lieu }} {{ structure.siret }}\n"
    told = " ".join(map(str, check_template(careless, examples_of(ENGINE, letter))))
    assert "« rendez_vous.lieu » peut manquer" in told
    assert "« structure.siret » peut manquer" in told


def test_a_bank_account_is_offered_to_no_letter() -> None:
    for letter in LETTERS.values():
        names = [each.name for each in variables_of(ENGINE, letter)]
        assert "dossier.iban" not in names
        assert len(names) == len(set(names))


def test_a_real_dossier_borrows_from_the_example_only_what_the_text_needs(
    counter: Counter,
) -> None:
    counter.open(values={"titre": "Un atelier vélo"})
    letter = LETTERS["notification_accord"]
    with counter.database.reading() as session:
        connection, subject = session.connection(), counter.read()
        context, borrowed = preview_context(
            connection, ENGINE, subject, original(letter), counter.now
        )
    assert set(borrowed) == {"seance.tenue_le", "dossier.montant_accorde"}
    assert context["dossier"]["titre"] == "Un atelier vélo"
    example = example_of(ENGINE, letter)
    assert context["dossier"]["montant_accorde"] == example["dossier"]["montant_accorde"]
    assert composed_of(original(letter), context).subject == "Votre projet est retenu"
