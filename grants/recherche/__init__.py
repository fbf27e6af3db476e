"""Finding anything by its words: structures, people, dossiers, notes, files handed in."""
