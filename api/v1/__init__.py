"""JSON under /api/v1: one module per subject, over the same services as the pages."""

from __future__ import annotations

from api.v1 import (
    annonces,
    around,
    dispositifs,
    dossiers,
    equipe,
    exports,
    fusions,
    lists,
    organisme,
    pieces,
    pilotage,
    seances,
    structures,
    travail,
    vues,
)
from api.v1.contract import Operation

_SUBJECTS = (
    dispositifs.subject,
    lists.subject,
    exports.subject,
    vues.subject,
    dossiers.subject,
    around.subject,
    travail.subject,
    pieces.subject,
    # « proches » is not the id of a structure: it comes before.
    structures.subject,
    fusions.subject,
    seances.subject,
    pilotage.subject,
    organisme.subject,
    equipe.subject,
    annonces.subject,
)
#: Every operation, in the order of the description.
OPERATIONS: tuple[Operation, ...] = tuple(
    operation for subject in _SUBJECTS for operation in subject.operations
)
