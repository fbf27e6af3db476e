"""The list of fifty dossiers as others would write it: the same page, from the same rows."""
