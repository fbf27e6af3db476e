"""The one address of the site."""

from django.urls import path

from benchmarks.django_site.views import select_dossier

urlpatterns = [path("dossiers/<int:dossier_id>/actions/selectionner", select_dossier)]
