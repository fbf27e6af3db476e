"""What the form of « Retenir le projet » sends, read as Django reads a form."""

from __future__ import annotations

from django import forms

from workflow.money import AmountFault, parse_amount


class AmountField(forms.CharField):
    """An amount as French people write it → cents."""

    def clean(self, value: str) -> int:
        """The cents. Raises ValidationError."""
        text = super().clean(value)
        try:
            return parse_amount(text)
        except AmountFault as fault:
            raise forms.ValidationError(str(fault)) from fault


class SelectionForm(forms.Form):
    """The amount granted, the version that was seen, the key of the click."""

    montant_accorde = AmountField(max_length=100)
    lock_version = forms.IntegerField(min_value=1)
    idempotency_key = forms.CharField(min_length=8, max_length=64)
