"""The list of fifty dossiers by Django's ORM and its Jinja2 templates."""

from __future__ import annotations

import secrets
from functools import cache
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, render

from api.composition import build_engine
from benchmarks.django_site.list_models import (
    Compteur,
    DossierEtiquette,
    Etiquette,
    PreferenceListe,
    Vue,
)
from benchmarks.django_site.models import Adhesion, Compte, Dossier
from benchmarks.list_peers.content import (
    PAGE,
    Line,
    Stage,
    choices_of,
    context_of,
    limits_of,
    require_first_sight,
    rows_of,
    stages_of,
    today,
)

_SHOWN = (
    *("reference", "stage", "stage_since", "titre", "commune", "departement"),
    *("montant_demande", "montant_accorde", "structure__nom", "porteur__nom", "referent__nom"),
)
_WRITERS = ("assistant", "charge_de_mission", "direction")


@login_required
def liste(request: HttpRequest) -> HttpResponse:
    """The first page of a pipeline, of one stage when it is asked for."""
    adhesion = get_object_or_404(
        Adhesion.objects.select_related("organisme", "compte"),
        compte_id=request.user.pk,
        active=True,
    )
    pipeline, stage = request.GET.get("dispositif", "microprojets"), request.GET.get("etape")
    context = _context(adhesion, pipeline, stage)
    context |= {"nom": adhesion.compte.nom, "csrf": get_token(request)}
    return render(request, f"liste-{stage or 'toutes'}.html", context)


def _context(adhesion: Adhesion, pipeline: str, stage: str | None) -> dict[str, Any]:
    organisme, day, stages = adhesion.organisme, today(), _stages()[pipeline]
    mine = {"organisme_id": organisme.pk, "compte_id": adhesion.compte_id}
    views = Vue.objects.filter(Q(compte_id=adhesion.compte_id) | Q(partagee=True))
    views = list(views.filter(organisme_id=organisme.pk).order_by("nom_cle", "id"))
    preference = PreferenceListe.objects.filter(**mine).first()
    require_first_sight(preference, views)
    lines = _lines(organisme.pk, pipeline, stage)
    tags: dict[int, list[tuple[int, str]]] = {}
    bearing = DossierEtiquette.objects.filter(
        organisme_id=organisme.pk, dossier_id__in=[line.id for line in lines]
    ).select_related("etiquette")
    for each in bearing.order_by("etiquette__nom_cle"):
        tags.setdefault(each.dossier_id, []).append((each.etiquette_id, each.etiquette.nom))
    counters = Compteur.objects.filter(organisme_id=organisme.pk)
    sums = [Sum(name) for name in ("nombre", "demande", "accorde")]
    in_use = counters.values_list("departement").annotate(Sum("nombre"))
    return context_of(
        {"organisme": organisme.nom},
        rows_of(lines, tags, stages, limits_of(stages, day, organisme.territoire), day),
        counters.values_list("pipeline", "stage").annotate(*sums),
        (pipeline, stage),
        key=secrets.token_urlsafe(16),
        referents=list(
            Compte.objects.filter(
                adhesion__organisme_id=organisme.pk,
                adhesion__active=True,
                adhesion__role__in=_WRITERS,
            )
            .order_by("nom")
            .values_list("id", "nom")
        ),
        departements=choices_of(code for code, number in in_use if number),
        etiquettes=list(Etiquette.objects.filter(organisme_id=organisme.pk).order_by("nom_cle")),
    )


def _lines(organisme_id: int, pipeline: str, stage: str | None) -> list[Line]:
    """Fifty dossiers with the names around them, as instances: what lists are made of there."""
    found = Dossier.objects.filter(pipeline=pipeline)
    if stage:
        found = found.filter(organisme_id=organisme_id, stage=stage).order_by("-id")
    else:  # a span of one organisme, so that PostgreSQL follows its index as the house does
        span = {"organisme_id__gte": organisme_id, "organisme_id__lte": organisme_id}
        found = found.filter(**span).order_by("-organisme_id", "-id")
    found = found.select_related("structure", "porteur", "referent").only(*_SHOWN)
    return [
        Line(
            each.pk,
            each.reference,
            each.stage,
            each.stage_since,
            each.titre,
            each.structure.nom if each.structure else None,
            each.porteur.nom if each.porteur else None,
            each.referent.nom if each.referent else None,
            each.commune,
            each.departement,
            each.montant_demande,
            each.montant_accorde,
        )
        for each in found[: PAGE + 1]
    ][:PAGE]


@cache
def _stages() -> dict[str, dict[str, Stage]]:
    return {each.key: stages_of(each) for each in build_engine().catalogue.current()}
