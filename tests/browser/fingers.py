"""Somebody at the keyboard, who never touches the mouse and looks at where the focus is."""

from __future__ import annotations

from contextlib import suppress

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as TooLong

_MOST = 90
_PATIENCE_MS = 10_000
# A key pressed while a page is being drawn may be lost: whoever sees nothing move presses again.
_LOST_MS = 1_000
_PRESSES = 3
_FOCUSED = "document.activeElement && document.activeElement !== document.body"
# A ring on what has the focus, or on what stands for it (a card for its link, a choice for its
# radio), and nothing that lies over it.
_PROBLEM = """() => {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return "nothing has the focus";
  const name = `${focused.tagName} ${(focused.innerText || focused.name || focused.id).trim()}`;
  let ringed = false;
  for (let element = focused; element && !ringed; element = element.parentElement) {
    const style = getComputedStyle(element);
    ringed = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  }
  if (!ringed) return `no ring around ${name}`;
  const box = focused.getBoundingClientRect();
  const across = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
  const down = box.top + Math.min(box.height / 2, 12);
  if (down < 0 || down >= innerHeight) return `out of sight: ${name}`;
  const top = document.elementFromPoint(across, down);
  const shown = top && (focused.contains(top) || top.contains(focused) ||
    top.closest("label, li, tr")?.contains(focused));
  return shown ? "" : `covered by ${top?.className || top?.tagName}: ${name}`;
}"""
_STOP = f"target => [target === document.activeElement, ({_PROBLEM})()]"


def tab_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Press Tab until the target has the focus; wherever it stops, the focus can be seen."""
    for _ in range(_MOST):
        _press_until_something_has_the_focus(page, key)
        there, problem = target.evaluate(_STOP)
        if problem:
            _wait_until_seen(page, problem)
        if there:
            return
    raise AssertionError(f"{key} never reaches {target}")


def _press_until_something_has_the_focus(page: Page, key: str) -> None:
    for _ in range(_PRESSES):
        page.keyboard.press(key)
        with suppress(TooLong):
            page.wait_for_function(f"() => {_FOCUSED}", timeout=_LOST_MS)
            return
    raise AssertionError(f"nothing has the focus after {key} pressed {_PRESSES} times")


def _wait_until_seen(page: Page, problem: str) -> None:
    """What is being redrawn is seen a moment later."""
    try:
        page.wait_for_function(f"() => !({_PROBLEM})()", timeout=_PATIENCE_MS)
    except TooLong as error:
        raise AssertionError(problem) from error


def type_into(page: Page, field: Locator, text: str) -> None:
    """Go to a field and type in it."""
    tab_to(page, field)
    page.keyboard.type(text)


def press(page: Page, button: Locator, key: str = "Enter") -> None:
    """Go to a button or a link and press it."""
    tab_to(page, button)
    page.keyboard.press(key)
