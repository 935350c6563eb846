"""The shell around the screens: both of Whop's frames, the way between screens, what is fetched."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from cli.ui_build import DIST
from tests.support.live_stack import LiveStack
from tests.support.watched_page import Noise
from tests.ui.conftest import Visit
from tests.ui.test_member_journeys import live

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

pytestmark = pytest.mark.timeout(900)  # the first test of all may have to build the pages

MOST_JS, MOST_CSS = 120_000, 45_000
"""Bytes on the wire, as brotli, until the member's level shows."""


def go(page: Page, stack: LiveStack, user: str, path: str) -> None:
    """Open a path of the app as somebody."""
    page.goto(f"{stack.installation.url('twin')}/open?user={user}&to={path}")


def test_the_team_has_a_page_of_its_own_in_the_dashboard(visit: Visit, stack: LiveStack) -> None:
    page = visit("user_demo_creator")

    go(page, stack, "user_demo_creator", "/dashboard/biz_demo")

    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    worth = page.get_by_role("region", name="What a referral is worth")
    expect(worth).to_contain_text(re.compile("10.%"))
    expect(page.get_by_role("table", name="What each class is worth")).to_contain_text("Champion")


def test_a_member_in_the_dashboard_is_told_whom_it_is_for(visit: Visit, stack: LiveStack) -> None:
    page = visit("user_demo_001")

    go(page, stack, "user_demo_001", "/dashboard/biz_demo")

    expect(page.get_by_role("heading", name="This page is for the team")).to_be_visible()


def test_whoever_looks_around_sees_what_the_game_is(browser: Browser, stack: LiveStack) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))

    page.goto(f"{stack.web}/discover")

    expect(page.get_by_role("heading", level=1)).to_have_text("Bring a friend. Level up. Get paid.")
    assert [path for path in asked if path.startswith("/api/")] == []
    page.close()


def test_a_creator_is_offered_no_link(visit: Visit) -> None:
    page = visit("user_demo_creator")

    expect(page.get_by_role("region", name="Commission")).to_be_visible()

    expect(page.get_by_role("link", name="Referrals")).to_have_count(0)
    expect(page.get_by_role("region", name="Your referral link")).to_have_count(0)


def test_an_address_leads_to_its_screen_and_back_again(visit: Visit, stack: LiveStack) -> None:
    page = visit("user_demo_004")
    go(page, stack, "user_demo_004", "/experiences/exp_demo/earnings")
    expect(page.get_by_role("heading", name="Earnings", level=1)).to_be_visible()
    expect(page).to_have_title("Earnings \u00b7 Whop Legends")

    page.get_by_role("link", name="Quests").click()
    expect(page.get_by_role("heading", name="Quests", level=1)).to_be_focused()
    page.go_back()

    expect(page.get_by_role("heading", name="Earnings", level=1)).to_be_visible()
    go(page, stack, "user_demo_004", "/experiences/exp_demo/nowhere")
    expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
    page.get_by_role("link", name="Back to the first page").click()
    expect(page.get_by_test_id("level")).to_be_visible()


def test_a_screens_code_comes_when_the_pointer_comes_near(visit: Visit) -> None:
    page = visit("user_demo_004")
    expect(page.get_by_test_id("level")).to_be_visible()

    with page.expect_request(re.compile("earnings-screen")):
        page.get_by_role("link", name="Earnings").hover()


def test_nothing_is_fetched_twice_when_the_page_opens(visit: Visit, stack: LiveStack) -> None:
    stack.buys("user_h1", stack.code_of("user_demo_003"))
    page = visit("user_demo_003")
    live(page)
    page.wait_for_timeout(2_500)
    asked: Counter[str] = Counter()

    def count(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.path.startswith("/api/"):
            # The bell asks for the newest notices, the live connection for those since the last.
            query = f"?{parts.query}" if parts.path.endswith("/notifications") else ""
            asked[f"{request.method} {parts.path}{query}"] += 1

    page.on("request", count)
    page.reload()
    live(page)
    page.wait_for_timeout(2_500)

    assert {path: times for path, times in asked.items() if times > 1} == {}
    assert asked["GET /api/v1/quests"] == 1
    assert "GET /api/v1/users/me/profile" not in asked  # the session brought it


def test_new_levels_are_one_moment_of_their_own(visit: Visit, stack: LiveStack) -> None:
    page = visit("user_demo_002")
    live(page)

    stack.buys("user_h2", stack.code_of("user_demo_002"), "900.00")

    moment = page.get_by_test_id("moment")
    expect(moment).to_contain_text(re.compile("Level [5-9]"))
    expect(moment).to_contain_text(re.compile("You climbed \\d levels at once"))
    moment.get_by_role("button", name="Close").click()
    expect(moment).to_have_count(0)
    assert page.locator(".fui-ToastRoot", has_text="updates").count() == 0


def test_the_first_load_keeps_to_its_budget(pages: None) -> None:
    manifest = json.loads((DIST / "manifest.json").read_text("utf-8"))
    wanted: set[str] = set()

    def follow(name: str) -> None:
        if name not in wanted:
            wanted.add(name)
            for other in manifest[name].get("imports", ()):
                follow(other)

    follow("index.html")
    follow("src/app/screens/home-screen.tsx")
    scripts = {manifest[name]["file"] for name in wanted}
    styles = {one["file"] for one in manifest.values() if one["file"].endswith(".css")}
    assert len(styles) == 1  # all of them at once: no screen waits for its own

    assert sum(on_the_wire(name) for name in scripts) <= MOST_JS
    assert sum(on_the_wire(name) for name in styles) <= MOST_CSS


def on_the_wire(name: str) -> int:
    """The bytes of a file of the build as a browser fetches them."""
    smallest = DIST / f"{name}.br"
    return (smallest if smallest.exists() else DIST / name).stat().st_size


def test_something_stands_before_the_pages_code_has_come(
    visit: Visit, stack: LiveStack, noise: Noise
) -> None:
    noise.expected.append("ERR_FAILED")
    page = visit("user_demo_001")
    page.route("**/*.js", lambda route: route.abort())

    page.reload()

    shape = page.get_by_role("status", name="Opening your page")
    expect(shape).to_be_visible()
    assert page.evaluate("performance.getEntriesByType('paint').length") > 0
