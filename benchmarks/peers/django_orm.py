"""The same move by Django's ORM, forms and django-fsm-2."""

from __future__ import annotations

from benchmarks.django_site.configuration import configure
from benchmarks.orders import COMPTE, COMPTE_NOM, NOW, ORGANISME, ROLE, Order


class RefusedByForm(Exception):
    """The form does not hold."""


class DjangoOrm:
    """One connection per thread, as Django keeps them."""

    name = "Django + django-fsm-2"

    def __init__(self, url: str) -> None:
        configure(url)
        from benchmarks.django_site.forms import SelectionForm
        from benchmarks.django_site.moves import Member, select

        self._member = Member(ORGANISME, COMPTE, COMPTE_NOM, ROLE)
        self._form, self._select = SelectionForm, select

    def move(self, order: Order) -> None:
        """Read the form and carry it out in one transaction."""
        form = self._form(
            {
                "montant_accorde": order.amount,
                "lock_version": str(order.version),
                "idempotency_key": order.key,
            }
        )
        if not form.is_valid():
            raise RefusedByForm(form.errors.as_json())
        self._select(self._member, order.dossier_id, form.cleaned_data, NOW)

    def close(self) -> None:
        """Close this thread's connection; the others close with their threads."""
        from django.db import connections

        connections.close_all()
