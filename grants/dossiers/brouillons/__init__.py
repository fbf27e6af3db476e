"""What somebody is typing on a dossier before saving it, and that he is at it."""
