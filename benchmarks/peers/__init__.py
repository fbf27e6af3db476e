"""The ways of making one move that are compared."""
