"""The pièces of a dossier: what is expected, what was handed in, and whether it will do."""
