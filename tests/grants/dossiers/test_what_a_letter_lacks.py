"""What a letter lacks is called by its French name, and leads to where it is filled in."""

from __future__ import annotations

from itertools import chain

from api.composition import default_engine
from grants.dossiers.lettres.lacking import label_of, lacks_of
from grants.dossiers.lettres.variables import variables_of
from grants.dossiers.reading import read_subject
from tests.builders.dossiers import Counter

ENGINE = default_engine()


def test_every_value_of_every_letter_has_a_french_name() -> None:
    letters = ENGINE.vocabulary.letters.values()
    names = {each.name for each in chain.from_iterable(variables_of(ENGINE, of) for of in letters)}
    # What the software itself always knows is never lacking.
    known = ("relance.", "action.libelle", "action.par")
    known += tuple(f"dossier.{key}" for key in ("reference", "projet", "dispositif", "etape"))
    known += ("dossier.depuis",)
    asked = [each for each in sorted(names) if not each.startswith(known)]
    assert len(asked) > 50
    assert [each for each in asked if each in label_of(ENGINE, each)] == []
    assert label_of(ENGINE, "rien.du.tout") == "« rien.du.tout »"


def test_each_leads_to_its_screen(counter: Counter) -> None:
    at = f"/dossiers/{counter.open()}"
    names = ("organisme.site", "structure.siret", "porteur.civilite", "referent.telephone")
    names += ("rendez_vous.lieu", "dossier.commune", "dossier.montant_accorde", "seance.lieu")
    with counter.database.reading() as session:
        subject = read_subject(
            session.connection(), counter.engine, counter.office.id, counter.dossier, lock=False
        )
    assert {each.name: each.url for each in lacks_of(counter.engine, subject, names)} == {
        "organisme.site": "/parametres#site",
        "structure.siret": f"/structures/{subject.row['structure_id']}/modifier#siret",
        "porteur.civilite": f"{at}/porteur#civilite",
        "referent.telephone": "/parametres/equipe",
        "rendez_vous.lieu": f"{at}#rendez-vous",
        "dossier.commune": f"{at}?fiche=projet#projet-commune",
        "dossier.montant_accorde": f"{at}#actions",
        "seance.lieu": at,
    }
