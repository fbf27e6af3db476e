"""The commands of `manage.py`, one module per subject. What is slow to load is loaded late."""
