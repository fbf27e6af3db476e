"""The papers of a séance: what is read before, signed during, and kept after."""
