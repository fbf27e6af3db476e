"""What the comités bring to pipeline files; their facts, guards and effects stand beside it."""

from __future__ import annotations

from workflow.vocabulary import Register

COMITES = Register()
SEANCE_FIELD = "seance"
