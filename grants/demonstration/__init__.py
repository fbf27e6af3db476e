"""The two demonstrations: 2009 told again, and a living organisme."""
