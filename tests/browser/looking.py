"""What a careful reader finds wrong with a page: faults that axe sees, overflow, the console."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from playwright.sync_api import ConsoleMessage, Page, ViewportSize
from playwright.sync_api import Error as PlaywrightError

from tests.builders.browser import DESKTOP, PHONE

_AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
_RUN = """
async (within) => {
  // A letter is drawn in a closed frame, of an origin of its own: axe cannot enter it.
  const options = { resultTypes: ["violations"], iframes: false };
  // An e-mail is read within the page of a mailbox, which has the landmarks.
  const off = { enabled: false };
  if (within) options.rules = { region: off, "landmark-one-main": off };
  const { violations } = await axe.run(document, options);
  return violations.flatMap(({ id, nodes }) => nodes.slice(0, 3).map(
    (node) => `${id}: ${node.target} ${node.failureSummary}`));
}
"""
_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# An answer that says no is what some tests are about; the browser tells it on its console.
_REFUSED = "the server responded with a status of 4"

# A form that was sent leads to another page, which may lead to a third.
_PAGES_LEFT = 2

Sight = tuple[ViewportSize, Literal["light", "dark"]]
# The layout changes with the width, the colours with the theme: two sights show each of them.
ANY_SIGHT: tuple[Sight, ...] = ((DESKTOP, "light"), (PHONE, "dark"))
EVERY_SIGHT: tuple[Sight, ...] = (*ANY_SIGHT, (PHONE, "light"), (DESKTOP, "dark"))
ON_A_PHONE: tuple[Sight, ...] = ((PHONE, "light"),)


class Reader:
    """Somebody who looks at pages, and notes every fault with where it was seen."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        # The browser keeps what it compiled; handed over at each page, it took as long as the page.
        page.add_init_script(f"if (self === top) {{ {_AXE} }}")
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._note("script", str(error)))

    def look(
        self, where: str, *, sights: Sequence[Sight] = ANY_SIGHT, within: bool = False
    ) -> None:
        """Check what is shown now. `within`: it is a part of somebody else's page."""
        for size, theme in sights:
            self.page.set_viewport_size(size)
            self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            self._check(f"{where} ({size['width']} px, {theme})", within=within)

    def go(self, url: str, expected: int = 200) -> None:
        """Open a page."""
        answer = self.page.goto(url)
        if answer is None or answer.status != expected:
            self._note(url, f"answered {answer and answer.status}")

    def visit(self, url: str, expected: int = 200, *, sights: Sequence[Sight] = ANY_SIGHT) -> None:
        """Open a page and look at it."""
        self.go(url, expected)
        self.look(url, sights=sights)

    def _check(self, seen: str, *, within: bool) -> None:
        for fault in self._axe(within=within):
            self._note(seen, fault)
        if overflow := self.page.evaluate(_OVERFLOW):
            self._note(seen, f"wider than the screen by {overflow} px")

    def _axe(self, *, within: bool) -> list[str]:
        """What axe finds; a page that was being left is looked at once the next one is there."""
        for _ in range(_PAGES_LEFT):
            try:
                return self._axe_run(within=within)
            except PlaywrightError:
                self.page.wait_for_load_state()
        return self._axe_run(within=within)

    def _axe_run(self, *, within: bool) -> list[str]:
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(_AXE)
        return self.page.evaluate(_RUN, within)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and _REFUSED not in message.text:
            self._note(message.location.get("url", ""), f"console: {message.text}")

    def _note(self, where: str, fault: str) -> None:
        self.faults.append(f"{where} : {fault}")
