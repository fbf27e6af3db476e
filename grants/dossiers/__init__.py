"""Dossiers: opening, moving, sheets, notes, links, appointments."""
