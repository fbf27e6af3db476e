"""Structures and their contacts."""
