"""Étiquettes: the words an organisme files its dossiers under."""
