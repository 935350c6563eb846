"""One running system with built pages for all browser journeys, and pages that are watched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
import redis
from playwright.sync_api import expect

from cli import ui_build
from cli.local.servers import Servers
from cli.node import NodeMissing
from tests.conftest import FOREIGN, WEBHOOK_SECRET
from tests.support.databases import fresh_database
from tests.support.live_stack import LiveStack, running_stack
from tests.support.watched_page import Noise, watched_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PATIENCE_MS = 20_000
"""How long a page may take to show something: a full machine is no failure."""
Visit = Callable[..., "Page"]


@pytest.fixture(scope="session")
def pages() -> None:
    """The pages, built from the present sources; the tests are skipped where that cannot be."""
    try:
        ui_build.with_lock(ui_build.UI)
    except NodeMissing as problem:
        pytest.skip(f"no Node to build the pages with: {problem}")
    except ui_build.BuildFailed as problem:
        if str(problem).startswith("npm ci"):
            pytest.skip(f"the packages of the pages cannot be had: {problem}")
        raise


# Ends with the file: its worker and poller serve the Redis that later tests of this process use.
@pytest.fixture(scope="module")
def stack(
    browser: Browser,
    pages: None,
    servers: Servers,
    template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[LiveStack]:
    """The running system. `browser` comes first: without one nothing has to start."""
    with pytest.MonkeyPatch.context() as patch, fresh_database(servers, template) as database:
        for server in (
            servers.cache,
            servers.broker,
        ):  # an earlier stack's Whop had another address
            with redis.Redis.from_url(server.url()) as client:
                client.flushall()
        for name in FOREIGN:
            patch.delenv(name, raising=False)
        environment = servers.environment() | {
            "LEGENDS_ENV": "test",
            "DATABASE_URL": database,
            "WHOP_WEBHOOK_SECRETS": WEBHOOK_SECRET,
        }
        with running_stack(tmp_path_factory.mktemp("live"), environment) as live:
            yield live


@pytest.fixture
def noise() -> Noise:
    """What the pages of this test complained about; a test adds what it provokes itself."""
    return Noise()


@pytest.fixture
def visit(browser: Browser, stack: LiveStack, noise: Noise) -> Iterator[Visit]:
    """Open the member page as somebody. Afterwards no page may have complained about anything."""
    expect.set_options(timeout=PATIENCE_MS)
    with ExitStack() as opened:

        def go(user_id: str, *, phone: bool = False, dark: bool = False) -> Page:
            page, heard = opened.enter_context(watched_page(browser, phone=phone, dark=dark))
            heard.expected = noise.expected
            heard.lines = noise.lines
            page.goto(stack.door_of(user_id) if user_id else stack.web + "/experiences/exp_demo")
            return page

        yield go
    assert noise.unexpected == []
