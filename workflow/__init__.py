"""The engine: pipelines, guards, moves, journal, échéances, database. Knows no grant."""
