"""Taking over what an organisme kept in spreadsheets: structures, contacts, dossiers."""
