"""Coming in: signing in, and choosing a new password from a link."""

from __future__ import annotations

from dataclasses import dataclass

from api.views.fields import FieldView


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAccount:
    """An account of the demonstration, that anybody at the screen may use."""

    nom: str
    role: str
    organisme: str
    email: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnexionPage:
    """The sign-in form. `error` says what is wrong, `remedy` what to do; the e-mail is kept."""

    url: str
    email: FieldView
    password: FieldView
    suite: str = ""
    error: str = ""
    remedy: str = ""
    demo_accounts: tuple[DemoAccount, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReinitialisationPage:
    """Choosing a new password. `expired` when the link is no longer good: no form then."""

    url: str
    email: str
    password: FieldView
    confirmation: FieldView
    rules: tuple[str, ...] = ()
    expired: bool = False
    sign_in_url: str = "/connexion"
