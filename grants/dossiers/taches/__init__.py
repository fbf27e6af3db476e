"""Tâches: what a colleague must do by a day, about a dossier or about nothing in particular."""
