"""Programs at work in the office: one of the direction, one of the chargé de mission."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from grants.organisation.roles import CHARGE_DE_MISSION, DIRECTION
from tests.builders.bearers import Program, program
from tests.builders.offices import Office


@pytest.fixture
def charge_program(app: FastAPI, office: Office) -> Program:
    """Does what the chargé de mission may."""
    return program(app, office, CHARGE_DE_MISSION)


@pytest.fixture
def direction_program(app: FastAPI, office: Office) -> Program:
    """Does what the direction may, settings included."""
    return program(app, office, DIRECTION)
