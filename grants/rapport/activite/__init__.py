"""The rapport d'activité: chapters of figures, each with the rows that it counts."""
