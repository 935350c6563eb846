"""A browser page that remembers what a member would never report: errors, violations, strangers.

Also which toasts appeared, because a toast that came twice is gone before anybody counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, ViewportSize

PHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1280, height=900)
PICTURES = "assets.whop.com"
"""Where Whop keeps the pictures of people: the one foreign host a page may ask."""
COUNT_TOASTS = """
window.toasts = [];
new MutationObserver((changes) => {
  for (const node of changes.flatMap((change) => [...change.addedNodes])) {
    if (!(node instanceof Element)) continue;
    const found = [...node.querySelectorAll(".fui-ToastRoot")];
    if (node.matches(".fui-ToastRoot")) found.push(node);
    window.toasts.push(...found.map((toast) => toast.textContent));
  }
}).observe(document, { childList: true, subtree: true });
"""


@dataclass
class Noise:
    """What went wrong on a page. `expected` are words that a journey provokes on purpose."""

    lines: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def hear(self, line: str) -> None:
        self.lines.append(line)

    @property
    def unexpected(self) -> list[str]:
        return [line for line in self.lines if not any(word in line for word in self.expected)]


@contextmanager
def watched_page(browser: Browser, *, phone: bool, dark: bool) -> Iterator[tuple[Page, Noise]]:
    """A fresh browser profile's page, and what it had to complain about so far."""
    context = browser.new_context(
        viewport=PHONE if phone else DESK,
        color_scheme="dark" if dark else "light",
        has_touch=phone,
    )
    context.add_init_script(COUNT_TOASTS)
    page, noise = context.new_page(), Noise()
    page.on("console", lambda message: _console(message, noise))
    page.on("pageerror", lambda error: noise.hear(f"uncaught: {error}"))
    page.on("request", lambda request: _request(request, noise))
    try:
        yield page, noise
    finally:
        context.close()


def _console(message: ConsoleMessage, noise: Noise) -> None:
    if message.type not in ("error", "warning"):
        return
    if urlsplit(message.location["url"]).hostname != PICTURES:
        noise.hear(f"{message.type}: {message.text} ({message.location['url']})")


def _request(request: Request, noise: Noise) -> None:
    if urlsplit(request.url).hostname not in ("127.0.0.1", PICTURES, None):
        noise.hear(f"asked a stranger: {request.url}")
