"""The schema's history, one numbered file per step (`versions/`), applied by `api/migrate.py`."""
