"""The two pipelines of `docs/examples`, brought by a setting: every end, every letter, by the API.

They are TOML and Markdown only. `WALKS` is data too: which actions, and how long one waits.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI

from api.settings import ROOT, Settings
from notifications.transports import MemoryTransport
from tests.builders.dossiers import IBAN
from tests.builders.living import Living
from tests.builders.offices import SECRET, Office
from tests.builders.visitors import Clock, Visitor
from tests.builders.walks import Walk
from workflow.database import Database

EXAMPLES = ROOT / "docs" / "examples" / "dispositifs"
CONTACT = {
    "titre": "Un four à pain partagé",
    "porteur_nom": "Maëlle Tournier",
    "porteur_email": "maelle@four.example",
    "structure_nom": "Le Four commun",
    "departement": "34",
}
ANSWERS = {
    "date_debut": "2026-10-01",
    "date_fin": "2027-10-01",
    "cout_total": "2000",
    "montant_demande": "2000",
    "montant_accorde": "2000",
    "titulaire_iban": "Le Four commun",
    "iban": IBAN,
}
#: Actions in their order, and days of waiting among them.
WALKS: dict[str, tuple[str | int, ...]] = {
    "bourse": (
        *(65, "abandonner", "reprendre", "confier_la_lecture", "demander_des_precisions"),
        *("confier_la_lecture", "changer_de_lecteur", 20, "rendre_l_avis", 10),
        *("ne_pas_attribuer", "corriger_etape", "attribuer", 45, "forclore", "reprendre"),
        *("verser", 450, "interrompre", "corriger_etape", "terminer"),
    ),
    "appel_en_deux_tours": (
        *(35, "retirer", "reprendre", "recevoir", 20, "ecarter", "corriger_etape"),
        *("admettre_au_second_tour", 60, "constater_l_absence_de_dossier", "reprendre"),
        *("presenter_au_jury", "changer_de_seance", "renvoyer_au_porteur"),
        *("presenter_au_jury", "ne_pas_retenir", "corriger_etape", "changer_de_seance"),
        *("designer_laureat", 45, "conventionner", 400, "recevoir_le_rapport", "achever"),
    ),
}


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """An installation that brings the two pipelines of the examples."""
    return Settings(
        data_folder=tmp_path,
        database_url=database_url,
        secret=SECRET,
        own_pipelines=(EXAMPLES,),
    )


@pytest.fixture
def walk(
    app: FastAPI, clock: Clock, database: Database, settings: Settings, office: Office
) -> Callable[[str], Walk]:
    """A dossier of one of them, opened and taken along its way."""

    def taken(key: str) -> Walk:
        engine, transport = app.state.house.engine, MemoryTransport()
        living = Living(database, engine, office, settings=settings, transport=transport)
        walk = Walk(app, clock, living, key, ANSWERS)
        walk.open(CONTACT)
        for step in WALKS[key]:
            if isinstance(step, int):
                walk.wait(days=step)
            else:
                walk.take(step)
        return walk

    return taken


@pytest.mark.parametrize("key", WALKS)
def test_a_pipeline_of_one_s_own_is_taken_to_every_end(
    key: str, walk: Callable[[str], Walk], new_visitor: Callable[..., Visitor]
) -> None:
    walked = walk(key)
    told = walked.described()
    assert {each["cle"] for each in told["etapes"]} == set(walked.stages)
    assert {each["cle"] for each in told["actions"]} == set(walked.moves)
    assert walked.stages[-1] in {each["cle"] for each in told["etapes"] if each["finale"]}

    pipeline = walked.living.engine.catalogue.latest(key)
    assert pipeline is not None
    rules = [rule for stage in pipeline.pipeline.stages for rule in stage.reminders]
    named = {letter for action in told["actions"] for letter in action["lettres"]}
    assert {each["lettre"] for each in walked.letters.values()} == named | {
        rule.letter for rule in rules if rule.letter
    }
    assert {rule.task for rule in rules if rule.task} <= set(walked.tasks)
    for letter in walked.letters.values():
        assert letter["manque"] is None, letter
        assert "Maëlle Tournier" in letter["destinataire"]
        assert letter["texte"].startswith("Madame, Monsieur,")
        assert letter["html"]
        assert letter["pdf"].startswith(b"%PDF")
    office = walked.living.office
    visitor = new_visitor().enter(office.people["direction"], office.id)
    for page in (
        f"/dossiers/{walked.dossier}",
        f"/tableau?dispositif={key}",
        f"/liste?dispositif={key}",
        f"/pilotage?dispositif={key}",
        "/dossiers/nouveau",
        f"/dispositifs/{key}",
        "/parametres/dispositifs",
        "/parametres/modeles",
    ):
        shown = visitor.get(page)
        assert shown.status_code == 200, page
        assert told["libelle"] in shown.text, page
