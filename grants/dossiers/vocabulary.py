"""The register of what dossiers bring to pipeline files (see guards, facts, effects)."""

from workflow.vocabulary import Register

DOSSIERS = Register()
