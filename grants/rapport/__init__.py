"""What closes the year: figures computed from the journal."""
