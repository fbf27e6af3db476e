"""Comités: the séances that dossiers are taken to."""
