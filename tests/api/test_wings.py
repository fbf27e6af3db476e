"""Each wing of addresses is opened once, when somebody first goes there; none is forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from api.pages import SUBJECTS, router_of
from api.wings import Wings

PAGES = Path(__file__).resolve().parents[2] / "api" / "pages"
MODULES = sorted({module for modules in SUBJECTS.values() for module in modules})


def first_part(path: str) -> str:
    return path.split("/")[1]


@pytest.mark.parametrize("module", MODULES)
def test_every_address_of_a_module_is_under_a_part_that_names_it(module: str) -> None:
    named = {part for part, modules in SUBJECTS.items() if module in modules}
    routes = router_of(module).routes
    assert {first_part(getattr(route, "path", "")) for route in routes} == named


def test_every_module_that_has_addresses_is_in_some_wing() -> None:
    having = {
        path.stem for path in PAGES.glob("*.py") if "router = APIRouter(" in path.read_text("utf-8")
    }
    assert having == set(MODULES)


def said(text: str) -> Response:
    return PlainTextResponse(text)


class Wing:
    """Some addresses, and how often they were opened."""

    def __init__(self, *routes: BaseRoute) -> None:
        self.routes = routes
        self.opened = 0

    def __call__(self) -> tuple[BaseRoute, ...]:
        self.opened += 1
        return self.routes


def one(request: Request) -> Response:
    return said(f"one {request.path_params['id']}")


def new(_request: Request) -> Response:
    return said("new")


@pytest.fixture
def wing() -> Wing:
    """« /dossiers/nouveau », then any other dossier, which may be read or written."""
    return Wing(
        Route("/dossiers/nouveau", new, methods=["GET"]),
        Route("/dossiers/{id}", one, methods=["GET"]),
        Route("/dossiers/{id}", new, methods=["POST"]),
    )


@pytest.fixture
def client(wing: Wing) -> TestClient:
    """Somebody in front of an application with this wing, and another that stays shut."""
    app = FastAPI()
    app.router.routes.append(Wings({"dossiers": wing, "ailleurs": Wing()}))
    return TestClient(app)


def test_a_wing_is_opened_when_somebody_goes_there_and_once(client: TestClient, wing: Wing) -> None:
    assert client.get("/autre").status_code == 404
    assert wing.opened == 0
    assert client.get("/dossiers/nouveau").text == "new"
    assert client.get("/dossiers/3").text == "one 3"
    assert wing.opened == 1


def test_addresses_are_tried_in_their_order_and_by_their_method(client: TestClient) -> None:
    assert client.post("/dossiers/nouveau").text == "new"
    assert client.get("/dossiers/nouveau").text == "new"
    refused = client.delete("/dossiers/3")
    assert (refused.status_code, set(refused.headers["allow"].split(", "))) == (
        405,
        {"GET", "HEAD"},
    )
    assert client.get("/dossiers/3/rien").status_code == 404
    assert client.get("/ailleurs").status_code == 404
