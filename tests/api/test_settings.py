from __future__ import annotations

import re
import stat
import threading
from pathlib import Path

import pytest

from api.settings import ROOT, FaultySettings, Settings, load_settings

DOCUMENT = (ROOT / "docs" / "reglages.md").read_text("utf-8")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)
    monkeypatch.setenv("MICROPROJETS_DONNEES", str(tmp_path / "donnees"))


def test_every_setting_is_documented_and_nothing_else_is() -> None:
    documented = re.findall(r"^\| `([A-Z_]+)` \|", DOCUMENT, re.MULTILINE)
    assert sorted(documented) == sorted(
        str(field.alias) for field in Settings.model_fields.values()
    )


def test_the_defaults_are_those_of_the_document() -> None:
    defaults = dict(re.findall(r"^\| `([A-Z_]+)` \| `([^`/]+)` \|", DOCUMENT, re.MULTILINE))
    told = {
        str(field.alias): str(field.default).lower()
        for field in Settings.model_fields.values()
        if str(field.alias) in defaults
    }
    assert told == defaults
    assert len(defaults) >= 6


def test_nothing_needs_to_be_set(tmp_path: Path) -> None:
    settings = load_settings()
    assert settings.database == f"sqlite:///{tmp_path}/donnees/microprojets.sqlite3"
    assert settings.address == "http://127.0.0.1:8000"
    assert settings.is_local
    assert not settings.secure


def test_the_secret_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    first, second = load_settings(), load_settings()
    assert first.secret_bytes == second.secret_bytes
    assert len(first.secret_bytes) >= 32
    kept = tmp_path / "donnees" / "secret"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert list(kept.parent.iterdir()) == [kept]


def test_programs_that_start_together_share_one_secret() -> None:
    found: list[bytes] = []
    together = threading.Barrier(8)

    def start() -> None:
        together.wait()
        found.append(load_settings().secret_bytes)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_a_damaged_secret_stops_the_start_with_the_remedy(tmp_path: Path) -> None:
    load_settings()
    (tmp_path / "donnees" / "secret").write_text("")
    with pytest.raises(FaultySettings, match="est abîmé : effacez-le"):
        load_settings()


def test_a_secret_that_is_set_needs_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MICROPROJETS_SECRET", "s" * 32)
    assert load_settings().secret_bytes == b"s" * 32
    assert not (tmp_path / "donnees").exists()


def test_the_secret_is_never_shown() -> None:
    settings = load_settings()
    assert settings.secret_bytes.decode() not in f"{settings!r} {settings.model_dump()}"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("MICROPROJETS_PORT", "huit mille", "écrivez un nombre entier"),
        ("MICROPROJETS_PORT", "70000", "écrivez au plus 65535"),
        ("MICROPROJETS_SESSION", "0", "écrivez au moins 1"),
        ("MICROPROJETS_JOURNAUX", "xml", "'lisible' or 'json'"),
        ("MICROPROJETS_DEMONSTRATION", "peut-être", "oui (true) ou non (false)"),
        ("MICROPROJETS_SECRET", "court", "au moins 32 caractères"),
        ("MICROPROJETS_ADRESSE", "suivi.exemple.fr", "écrivez l'adresse complète"),
        ("MICROPROJETS_ADRESSE", "https://exemple.fr/suivi", "sans chemin après lui"),
        ("DATABASE_URL", "mysql://serveur/base", "seules les bases sqlite et postgresql"),
        ("DATABASE_URL", "base", "ce n'est pas l'adresse d'une base"),
        ("MICROPROJETS_COURRIER", "pigeon", "'dossier' or 'smtp'"),
        ("MICROPROJETS_COURRIER_EXPEDITEUR", "a@b.fr, c@d.fr", "écrivez une seule adresse"),
    ],
)
def test_an_impossible_value_is_told_with_the_name_of_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(FaultySettings) as error:
        load_settings()
    assert len(error.value.faults) == 1
    assert error.value.faults[0].startswith(f"{name} : ")
    assert said in error.value.faults[0]


def test_every_fault_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MICROPROJETS_PORT", "0")
    monkeypatch.setenv("DATABASE_URL", "base")
    with pytest.raises(FaultySettings) as error:
        load_settings()
    assert len(error.value.faults) == 2


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields.values():
        if field.alias != "MICROPROJETS_DONNEES":
            monkeypatch.setenv(str(field.alias), "")
    assert load_settings().port == 8000


@pytest.mark.parametrize(
    ("host", "address", "local"),
    [
        ("127.0.0.1", "", True),
        ("::1", "", True),
        ("localhost", "", True),
        ("0.0.0.0", "", False),
        ("192.168.1.10", "", False),
        ("127.0.0.1", "https://suivi.exemple.fr", False),
    ],
)
def test_an_installation_is_local_when_nobody_else_can_reach_it(
    monkeypatch: pytest.MonkeyPatch, host: str, address: str, local: bool
) -> None:
    monkeypatch.setenv("MICROPROJETS_HOTE", host)
    monkeypatch.setenv("MICROPROJETS_ADRESSE", address)
    settings = load_settings()
    assert settings.is_local is local
    assert settings.secure is address.startswith("https")


SMTP = {
    "MICROPROJETS_COURRIER": "smtp",
    "MICROPROJETS_SMTP_HOTE": "smtp.exemple.fr",
    "MICROPROJETS_SMTP_UTILISATEUR": "microprojets",
    "MICROPROJETS_SMTP_MOTDEPASSE": "trois chevaux bleus",
    "MICROPROJETS_COURRIER_EXPEDITEUR": "courrier@exemple.fr",
}


@pytest.mark.parametrize(
    ("changed", "faulty"),
    [
        ({}, None),
        ({"MICROPROJETS_SMTP_SECURITE": "tls"}, None),
        ({"MICROPROJETS_SMTP_HOTE": ""}, "MICROPROJETS_SMTP_HOTE"),
        ({"MICROPROJETS_COURRIER_EXPEDITEUR": ""}, "MICROPROJETS_COURRIER_EXPEDITEUR"),
        ({"MICROPROJETS_SMTP_UTILISATEUR": ""}, "MICROPROJETS_SMTP_MOTDEPASSE"),
        ({"MICROPROJETS_SMTP_MOTDEPASSE": ""}, "MICROPROJETS_SMTP_MOTDEPASSE"),
        ({"MICROPROJETS_SMTP_MOTDEPASSE": "été"}, "MICROPROJETS_SMTP_MOTDEPASSE"),
        ({"MICROPROJETS_SMTP_SECURITE": "aucune"}, "MICROPROJETS_SMTP_SECURITE"),
        ({"MICROPROJETS_SMTP_SECURITE": "aucune", "MICROPROJETS_SMTP_HOTE": "::1"}, None),
    ],
)
def test_sending_by_smtp_takes_a_server_a_sender_and_no_password_in_clear(
    monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], faulty: str | None
) -> None:
    for name, value in {**SMTP, **changed}.items():
        monkeypatch.setenv(name, value)
    if faulty is None:
        assert load_settings().mail_transport == "smtp"
        return
    with pytest.raises(FaultySettings) as error:
        load_settings()
    assert [fault.partition(" : ")[0] for fault in error.value.faults] == [faulty]
    assert "trois chevaux" not in str(error.value)


def test_without_a_word_of_smtp_letters_go_to_a_folder(tmp_path: Path) -> None:
    settings = load_settings()
    assert settings.mail_transport == "dossier"
    assert settings.mail_folder == tmp_path / "donnees" / "courriers"
