"""How the tests open the browser, and the two screens that every page must fit."""

from __future__ import annotations

from playwright.sync_api import ViewportSize

DESKTOP = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=360, height=780)

# No update, no account, no QUIC, no graphics card: only the page under test.
ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Letters as wide as on a screen of today, not rounded to its points: lines break where they do.
    "--font-render-hinting=none",
]
