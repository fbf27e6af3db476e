"""How letters leave an installation: a part of its settings."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Literal, Self

from pydantic import BaseModel, Field, SecretStr, model_validator


class MailSettings(BaseModel):
    """The settings of letters. Left alone, they go to a folder and nothing leaves the machine."""

    mail_transport: Literal["dossier", "smtp"] = Field(
        default="dossier", alias="MICROPROJETS_COURRIER"
    )
    mail_sender: str = Field(default="", alias="MICROPROJETS_COURRIER_EXPEDITEUR")
    mail_per_minute: int = Field(default=60, ge=1, le=10_000, alias="MICROPROJETS_COURRIER_DEBIT")
    smtp_host: str = Field(default="", alias="MICROPROJETS_SMTP_HOTE")
    smtp_port: int = Field(default=587, ge=1, le=65535, alias="MICROPROJETS_SMTP_PORT")
    smtp_security: Literal["starttls", "tls", "aucune"] = Field(
        default="starttls", alias="MICROPROJETS_SMTP_SECURITE"
    )
    smtp_user: str = Field(default="", alias="MICROPROJETS_SMTP_UTILISATEUR")
    smtp_password: SecretStr = Field(default=SecretStr(""), alias="MICROPROJETS_SMTP_MOTDEPASSE")
    smtp_connect_seconds: int = Field(default=15, ge=1, le=120, alias="MICROPROJETS_SMTP_CONNEXION")
    smtp_answer_seconds: int = Field(default=30, ge=1, le=300, alias="MICROPROJETS_SMTP_REPONSE")
    smtp_total_seconds: int = Field(default=180, ge=2, le=900, alias="MICROPROJETS_SMTP_DUREE")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """Sending by SMTP takes a server, and an address that bounces come back to."""
        if faults := [*self._address_faults(), *self._server_faults()]:
            raise ValueError("\n".join(faults))
        return self

    def _address_faults(self) -> list[str]:
        if not self.mail_sender:
            return []
        from notifications.envelope import UnsafeAddress, safe_address

        try:
            safe_address(self.mail_sender)
        except UnsafeAddress:
            return [
                "MICROPROJETS_COURRIER_EXPEDITEUR : écrivez une seule adresse, "
                "comme courrier@exemple.fr"
            ]
        return []

    def _server_faults(self) -> list[str]:
        if self.mail_transport != "smtp":
            return []
        faults, password = [], self.smtp_password.get_secret_value()
        if not self.smtp_host:
            faults.append("MICROPROJETS_SMTP_HOTE : écrivez le nom du serveur de courrier")
        if not self.mail_sender:
            faults.append(
                "MICROPROJETS_COURRIER_EXPEDITEUR : écrivez l'adresse d'où partent les courriers, "
                "et où reviennent ceux qui n'arrivent pas"
            )
        if bool(self.smtp_user) != bool(password):
            faults.append(
                "MICROPROJETS_SMTP_MOTDEPASSE : il va avec MICROPROJETS_SMTP_UTILISATEUR, "
                "l'un n'est rien sans l'autre"
            )
        if not (self.smtp_user + password).isascii():
            faults.append("MICROPROJETS_SMTP_MOTDEPASSE : ni lui ni l'utilisateur n'ont d'accents")
        if password and self.smtp_security == "aucune" and not is_loopback(self.smtp_host):
            faults.append(
                "MICROPROJETS_SMTP_SECURITE : un mot de passe ne voyage pas en clair ; "
                "écrivez starttls ou tls"
            )
        return faults


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
