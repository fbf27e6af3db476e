"""A letter read as an e-mail on a phone: nothing sticks out, in clear and in dark."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from playwright.sync_api import Page

from tests.builders.lettering import with_, written

Scheme = Literal["light", "dark"]
_WIDE = "document.documentElement.scrollWidth - innerWidth"
_CARD = "getComputedStyle(document.querySelector('.card')).backgroundColor"
_CONTRAST = """() => {
  const light = (colour) => colour.match(/[0-9.]+/g).slice(0, 3).map(Number)
    .map((each) => each / 255).map((each) => each <= 0.03928 ? each / 12.92
      : ((each + 0.055) / 1.055) ** 2.4)
    .reduce((sum, each, rank) => sum + each * [0.2126, 0.7152, 0.0722][rank], 0);
  const ground = light(getComputedStyle(document.querySelector(".card")).backgroundColor);
  return [...document.querySelectorAll(".card *")]
    .filter((each) => [...each.childNodes].some((node) => node.nodeType === 3
      && node.textContent.trim()))
    .map((each) => light(getComputedStyle(each).color))
    .map((ink) => (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05));
}"""


@pytest.mark.parametrize("width", [360, 900])
@pytest.mark.parametrize(("scheme", "card"), [("light", "255, 255, 255"), ("dark", "28, 35, 43")])
def test_an_email_fits_and_is_read(page: Page, width: int, scheme: Scheme, card: str) -> None:
    context: dict[str, Any] = with_("dossier", titre="Jardin" + "ressourceriesolidaire" * 4)
    page.set_viewport_size({"width": width, "height": 740})
    page.emulate_media(color_scheme=scheme)
    page.set_content(written(context=context).html)
    assert page.evaluate(_WIDE) <= 0
    assert page.evaluate(_CARD) == f"rgb({card})"
    assert min(page.evaluate(_CONTRAST)) >= 4.5
