"""The figure `page`: when a slow phone sees something, and what it had to fetch for it.

Chromium with a four times slower processor and 10 Mbit/s after 40 ms, an empty cache each time.
What is fetched is counted as it crosses the network, compressed.
"""

from __future__ import annotations

import os
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.chromium import find_chromium, launch
from bench.intake import LIVE, gunicorn
from bench.stand import MIGRATED, Stand
from cli.ui_build import UI, with_lock

if TYPE_CHECKING:
    from playwright.sync_api import Browser

VISITS = 9
QUICK_VISITS = 2
SLOWER_CPU = 4
BYTES_A_SECOND = 10_000_000 // 8
LATENCY_MS = 40
PLACE = "/experiences/exp_bench"
PAINT = """() => new Promise((tell) => new PerformanceObserver((list, seen) => {
  const paint = list.getEntriesByName("first-contentful-paint")[0];
  if (paint) { seen.disconnect(); tell(paint.startTime); }
}).observe({ type: "paint", buffered: true }))"""
KINDS = {"Script": "script", "Stylesheet": "styles"}


class NoChromium(Exception):
    """This machine has none, or not where we look."""


def measure(stand: Stand, *, quick: bool) -> dict[str, Any]:
    """Visits one after the other. Raises NoChromium; BuildFailed where there are no pages."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - for developers only

    program = find_chromium(os.environ)
    if program is None:
        raise NoChromium("it needs Chromium on PATH, or its program in LEGENDS_CHROMIUM")
    with_lock(UI)
    database = stand.database(MIGRATED)
    command = gunicorn("web.app:create_app()")
    with (
        stand.server("page-web", database, *command, health=LIVE) as port,
        sync_playwright() as playwright,
        launch(playwright, program) as browser,
    ):
        address = f"http://127.0.0.1:{port}{PLACE}"
        visits = [_visit(browser, address) for _ in range(QUICK_VISITS if quick else VISITS)]
    stand.drop(database)
    paints = sorted(visit["paint"] for visit in visits)
    return {
        "visits": len(visits),
        "first_contentful_paint_ms": round(median(paints)),
        "fastest_ms": round(paints[0]),
        "slowest_ms": round(paints[-1]),
        "script_bytes": visits[0]["script"],
        "styles_bytes": visits[0]["styles"],
    }


def _visit(browser: Browser, address: str) -> dict[str, float]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    client = context.new_cdp_session(page)
    kinds: dict[str, str] = {}
    found: dict[str, float] = {"script": 0, "styles": 0}

    def came(told: dict[str, Any]) -> None:
        kinds[told["requestId"]] = KINDS.get(told["type"], "")

    def ended(told: dict[str, Any]) -> None:
        if kind := kinds.get(told["requestId"]):
            found[kind] += int(told["encodedDataLength"])

    client.on("Network.responseReceived", came)
    client.on("Network.loadingFinished", ended)
    client.send("Network.enable")
    client.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_CPU})
    client.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY_MS,
            "downloadThroughput": BYTES_A_SECOND,
            "uploadThroughput": BYTES_A_SECOND,
        },
    )
    page.goto(address, wait_until="networkidle")
    found["paint"] = page.evaluate(PAINT)
    context.close()
    return found
