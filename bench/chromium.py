"""Where the Chromium of this machine is, and how it is started: quiet and without the network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
SHORT = "/tmp"  # noqa: S108 - the browser makes folders of its own in it
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium(environ: Mapping[str, str]) -> str | None:
    """The program named by LEGENDS_CHROMIUM, else the first one on PATH; None without any."""
    named = environ.get("LEGENDS_CHROMIUM")
    if named:
        return named
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def launch(playwright: Playwright, program: str) -> Iterator[Browser]:
    """A headless browser, closed at the end."""
    # Its sockets lie among the temporary files, and a socket's path must be short.
    short: dict[str, str | float | bool] = {**os.environ, "TMPDIR": SHORT}
    browser = playwright.chromium.launch(executable_path=program, args=FLAGS, env=short)
    yield browser
    browser.close()
