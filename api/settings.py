"""What an installation may set: one environment variable each, all listed in docs/reglages.md."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field, SecretStr, ValidationError, field_validator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from api.mail_settings import MailSettings, is_loopback

ROOT = Path(__file__).resolve().parent.parent
_SHORTEST_SECRET = 32
_BACKENDS = ("sqlite", "postgresql")


class FaultySettings(Exception):
    """Settings that cannot be used: every fault, with the name of its variable."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(["Réglages à corriger :", *(f"- {fault}" for fault in faults)]))
        self.faults = faults


class Settings(MailSettings):
    """The settings of one installation; an attribute's alias is its environment variable."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True)

    data_folder: Path = Field(default=ROOT / "donnees", alias="MICROPROJETS_DONNEES")
    database_url: str = Field(default="", alias="DATABASE_URL")
    secret: SecretStr = Field(default=SecretStr(""), alias="MICROPROJETS_SECRET")
    host: str = Field(default="127.0.0.1", alias="MICROPROJETS_HOTE")
    port: int = Field(default=8000, ge=1, le=65535, alias="MICROPROJETS_PORT")
    public_url: str = Field(default="", alias="MICROPROJETS_ADRESSE")
    trusted_proxies: str = Field(default="", alias="MICROPROJETS_MANDATAIRES")
    own_pipelines: tuple[Path, ...] = Field(default=(), alias="MICROPROJETS_DISPOSITIFS")
    demonstration: bool = Field(default=True, alias="MICROPROJETS_DEMONSTRATION")
    idle_hours: int = Field(default=12, ge=1, le=24 * 30, alias="MICROPROJETS_INACTIVITE")
    session_days: int = Field(default=7, ge=1, le=90, alias="MICROPROJETS_SESSION")
    log_format: Literal["lisible", "json"] = Field(default="lisible", alias="MICROPROJETS_JOURNAUX")
    file_megabytes: int = Field(default=20, ge=1, le=500, alias="MICROPROJETS_FICHIER_MO")
    file_pages: int = Field(default=300, ge=1, le=10_000, alias="MICROPROJETS_FICHIER_PAGES")
    image_megapixels: int = Field(default=100, ge=1, le=1000, alias="MICROPROJETS_IMAGE_MPX")
    api_per_minute: int = Field(default=600, ge=1, le=100_000, alias="MICROPROJETS_API_DEBIT")
    link_days: int = Field(default=90, ge=30, le=3650, alias="MICROPROJETS_LIENS_JOURS")
    clock: bool = Field(default=True, alias="MICROPROJETS_HORLOGE")
    local_webhooks: bool = Field(default=False, alias="MICROPROJETS_ANNONCES_LOCALES")
    reload_templates: bool = Field(default=False, alias="MICROPROJETS_RELECTURE")

    @field_validator("data_folder")
    @classmethod
    def _absolute(cls, folder: Path) -> Path:
        return folder.expanduser().absolute()

    @field_validator("own_pipelines", mode="before")
    @classmethod
    def _folders(cls, folders: object) -> object:
        """One folder or several, as a path of the system lists them."""
        if not isinstance(folders, str):
            return folders
        written = (each.strip() for each in folders.split(os.pathsep))
        return tuple(Path(each).expanduser() for each in written if each)

    @field_validator("own_pipelines")
    @classmethod
    def _readable_folders(cls, folders: tuple[Path, ...]) -> tuple[Path, ...]:
        for folder in folders:
            if not folder.is_dir():
                raise ValueError(f"« {folder} » n'est pas un dossier de cette machine")
        return tuple(dict.fromkeys(folder.resolve() for folder in folders))

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if not url:
            return url
        try:
            backend = make_url(url).get_backend_name()
        except ArgumentError as error:
            raise ValueError(
                "ce n'est pas l'adresse d'une base, comme postgresql://nom@serveur/base"
            ) from error
        if backend not in _BACKENDS:
            raise ValueError("seules les bases sqlite et postgresql sont prises en charge")
        return url

    @field_validator("secret")
    @classmethod
    def _long_secret(cls, secret: SecretStr) -> SecretStr:
        if 0 < len(secret.get_secret_value()) < _SHORTEST_SECRET:
            raise ValueError(f"il faut au moins {_SHORTEST_SECRET} caractères")
        return secret

    @field_validator("public_url")
    @classmethod
    def _web_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query):
            raise ValueError("écrivez l'adresse complète, comme https://suivi.exemple.fr")
        if parts.path.strip("/"):
            raise ValueError("l'application occupe un nom de site entier, sans chemin après lui")
        return url.rstrip("/")

    @property
    def database(self) -> str:
        """The database in use: the one that is set, else a file in the data folder."""
        return self.database_url or f"sqlite:///{self.data_folder / 'microprojets.sqlite3'}"

    @property
    def files_folder(self) -> Path:
        """Where the files handed in are kept."""
        return self.data_folder / "fichiers"

    @property
    def mail_folder(self) -> Path:
        """Where letters are kept that leave this machine no further."""
        return self.data_folder / "courriers"

    @property
    def address(self) -> str:
        """Where people reach the application: what links are made with."""
        if self.public_url:
            return self.public_url
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def secure(self) -> bool:
        """Whether people come by https: cookies then never travel otherwise."""
        return self.address.startswith("https:")

    @property
    def is_local(self) -> bool:
        """Whether only this very machine can reach the application."""
        return is_loopback(self.host) and is_loopback(urlsplit(self.address).hostname or "")

    @property
    def secret_bytes(self) -> bytes:
        """What seals cookies. `load_settings` makes sure that there is one."""
        secret = self.secret.get_secret_value()
        assert secret, "settings come from load_settings, or are given a secret"
        return secret.encode()


def load_settings(**given: Any) -> Settings:
    """The settings of the environment, under those that are given.

    The secret is made on first start. Raises FaultySettings.
    """
    try:
        settings = Settings.model_validate({**_environment(), **given})
    except ValidationError as error:
        faults = [line for each in error.errors() for line in _fault(each).split("\n")]
        raise FaultySettings(faults) from error
    if settings.secret.get_secret_value():
        return settings
    try:
        secret = _kept_secret(settings.data_folder)
    except OSError as error:
        where = f"MICROPROJETS_DONNEES : impossible d'écrire dans {settings.data_folder}"
        raise FaultySettings([f"{where} ({error.strerror})"]) from error
    return settings.model_copy(update={"secret": SecretStr(secret)})


def _environment() -> dict[str, str]:
    """What the environment sets, by attribute. A variable left empty is a variable not set."""
    variables = {name: os.environ.get(_variable(name), "") for name in Settings.model_fields}
    return {name: value for name, value in variables.items() if value}


def _variable(name: str) -> str:
    return str(Settings.model_fields[name].alias)


def _fault(error: Any) -> str:
    sentences = {
        "int_parsing": "écrivez un nombre entier",
        "bool_parsing": "écrivez oui (true) ou non (false)",
        "literal_error": "écrivez l'une de ces valeurs : {expected}",
        "greater_than_equal": "écrivez au moins {ge}",
        "less_than_equal": "écrivez au plus {le}",
    }
    context = error.get("ctx", {})
    sentence = sentences.get(error["type"], str(context.get("error", error["msg"])))
    if not error["loc"]:  # several settings that do not go together: it names them
        return sentence
    return f"{_variable(error['loc'][0])} : {sentence.format_map(context) if context else sentence}"


def _kept_secret(folder: Path) -> str:
    """The secret kept in the data folder; two programs starting at once make the same one."""
    path = folder / "secret"
    folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        unfinished = folder / f".secret-{secrets.token_hex(8)}"
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(unfinished, path)  # fails where the other program was first
        except FileExistsError:
            pass
        finally:
            unfinished.unlink()
    kept = path.read_text("ascii").strip()
    if len(kept) < _SHORTEST_SECRET:
        raise FaultySettings([f"{path} est abîmé : effacez-le, chacun devra se reconnecter"])
    return kept
