"""Measured comparisons, run by hand: `python3 manage.py bench`. Never a timed test."""
