"""The page that receives the move."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from benchmarks.django_site.forms import SelectionForm
from benchmarks.django_site.models import Adhesion
from benchmarks.django_site.moves import Member, select


@login_required
@require_POST
def select_dossier(request: HttpRequest, dossier_id: int) -> HttpResponse:
    """« Retenir le projet »."""
    adhesion = get_object_or_404(Adhesion, compte_id=request.user.pk, active=True)
    member = Member(adhesion.organisme_id, request.user.pk, request.user.username, adhesion.role)
    form = SelectionForm(request.POST)
    if not form.is_valid():
        return HttpResponse(form.errors.as_json(), status=422, content_type="application/json")
    select(member, dossier_id, form.cleaned_data, timezone.now())
    return HttpResponseRedirect(f"/dossiers/{dossier_id}", status=303)
