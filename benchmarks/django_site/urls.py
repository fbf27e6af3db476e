"""The addresses of the site: a move, and the list."""

from django.urls import path

from benchmarks.django_site.lists import liste
from benchmarks.django_site.views import select_dossier

urlpatterns = [
    path("dossiers/<int:dossier_id>/actions/selectionner", select_dossier),
    path("liste", liste),
]
