"""Lots: one operation on many dossiers, each with its own outcome."""
