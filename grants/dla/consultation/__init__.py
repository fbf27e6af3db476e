"""The consultation of prestataires for a mission: sealed offers, compared, one of them chosen."""
