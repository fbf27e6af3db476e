"""The application that holds the models."""

from django.apps import AppConfig


class BenchConfig(AppConfig):
    """Models over the house's own tables."""

    name = "benchmarks.django_site"
    label = "bench"
    default_auto_field = "django.db.models.BigAutoField"
