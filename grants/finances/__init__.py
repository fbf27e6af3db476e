"""The money of a dossier: who pays for the project."""
