"""The house's own way: `grants.dossiers.advance` in one unit of work."""

from __future__ import annotations

from benchmarks.orders import ACTION, COMPTE, COMPTE_NOM, NOW, ORGANISME, ROLE, Order
from grants.dossiers.advance import Demand, advance
from grants.organisation.identity import Identity
from workflow.database import Database
from workflow.engine import Engine


class House:
    """What the application does when somebody clicks « Retenir le projet »."""

    name = "Microprojets"

    def __init__(self, database: Database, engine: Engine) -> None:
        self._database = database
        self._engine = engine
        self._identity = Identity(ORGANISME, COMPTE, COMPTE_NOM, ROLE)

    def move(self, order: Order) -> None:
        """Carry it out in one transaction."""
        demand = Demand(
            dossier_id=order.dossier_id,
            action=ACTION,
            answers={"montant_accorde": order.amount},
            version=order.version,
            key=order.key,
        )
        with self._database.unit_of_work() as session:
            advance(session, self._engine, self._identity, demand, NOW)

    def close(self) -> None:
        """Give the connections back."""
        self._database.dispose()
