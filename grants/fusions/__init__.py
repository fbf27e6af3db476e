"""Two structures that were one: merged, and taken apart again while nothing depends on it."""
