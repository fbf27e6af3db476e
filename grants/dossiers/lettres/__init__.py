"""What letters say of a dossier: read with it, made plain data, told to whoever edits a letter."""
