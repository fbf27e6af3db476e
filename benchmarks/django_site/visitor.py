"""Django's own tables, and one signed-in browser."""

from __future__ import annotations

from benchmarks.orders import COMPTE, COMPTE_NOM


def let_in() -> tuple[str, str]:
    """Make the tables and a session; the session's key and the CSRF secret of the browser."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import User
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command
    from django.utils.crypto import get_random_string

    call_command("migrate", verbosity=0, interactive=False)
    user = User(id=COMPTE, username=COMPTE_NOM)
    user.set_unusable_password()
    user.save()
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key), get_random_string(32)
