"""What the page keeps to at every width and colour: it fits, it can be read and operated."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cli.ui_build import UI
from tests.support.live_stack import LiveStack
from tests.support.watched_page import Noise
from tests.ui.conftest import Visit
from tests.ui.test_member_journeys import activity, live

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = UI / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")

pytestmark = pytest.mark.timeout(900)  # the first test of all may have to build the pages


def barriers(page: Page) -> list[str]:
    """What keeps people with a disability out, in axe's judgement: rule and place."""
    page.evaluate(AXE.read_text("utf-8"))
    found: list[dict[str, Any]] = page.evaluate("axe.run().then((result) => result.violations)")
    return [
        f"{one['id']}: {place['target']} {place['failureSummary']}"
        for one in found
        if one["impact"] in GRAVE
        for place in one["nodes"]
    ]


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desk"])
@pytest.mark.parametrize("dark", [True, False], ids=["dark", "light"])
def test_a_full_page_fits_and_shuts_nobody_out(
    visit: Visit, stack: LiveStack, *, phone: bool, dark: bool
) -> None:
    stack.buys(f"user_e{phone:d}{dark:d}", stack.code_of("user_demo_007"))
    page = visit("user_demo_007", phone=phone, dark=dark)
    live(page)
    expect(page.get_by_test_id("balance-usd")).to_be_visible()
    expect(page.get_by_text("unlocked")).to_be_visible()
    activity(page, "New referral").first.click()

    page.wait_for_timeout(1_000)  # colours are judged once nothing moves any more

    width = page.evaluate("document.documentElement.scrollWidth")
    assert width == page.evaluate("window.innerWidth")
    scheme = page.evaluate("getComputedStyle(document.documentElement).colorScheme")
    assert scheme == ("dark" if dark else "light")
    assert barriers(page) == []


def test_light_and_dark_are_two_pages(visit: Visit) -> None:
    def ground(*, dark: bool) -> str:
        page = visit("user_demo_008", dark=dark)
        expect(page.get_by_test_id("level")).to_be_visible()
        look = "getComputedStyle(document.querySelector('.panel h2')).color"
        return str(page.evaluate(look))

    assert ground(dark=True) == "rgb(238, 238, 240)"
    assert ground(dark=False) == "rgb(33, 31, 38)"


def test_no_more_than_three_toasts_stand_at_the_bottom_of_a_phone(
    visit: Visit, stack: LiveStack
) -> None:
    code = stack.code_of("user_demo_009")
    page = visit("user_demo_009", phone=True)
    live(page)

    for buyer in ("user_f1", "user_f2", "user_f3", "user_f4", "user_f5", "user_f6"):
        stack.buys(buyer, code)
    expect(page.locator(".fui-ToastRoot").first).to_be_visible()
    expect(page.get_by_test_id("balance-usd")).to_contain_text("$26.46")
    page.wait_for_timeout(1_500)

    shown = page.locator(".fui-ToastRoot:not([data-limited])")
    boxes = [toast.bounding_box() for toast in shown.all()]
    assert 1 <= len(boxes) <= 3
    assert all(box is not None and box["y"] > 844 * 2 / 3 for box in boxes)
    assert all(box is not None and box["y"] + box["height"] <= 844 for box in boxes)


def test_a_picture_that_cannot_be_had_becomes_an_initial(
    visit: Visit, stack: LiveStack, noise: Noise
) -> None:
    noise.expected.append("ERR_FAILED")
    page = visit("user_demo_hero")
    hero = page.get_by_role("region", name="Your level")
    picture = hero.locator("img")
    expect(picture).to_have_attribute("src", re.compile("^" + stack.installation.url("twin")))

    page.route("**/_twin/pictures/*", lambda route: route.abort())
    page.reload()

    expect(hero.get_by_text("D", exact=True)).to_be_visible()
    expect(picture).to_have_count(0)


def test_being_offline_moves_nothing(visit: Visit, noise: Noise) -> None:
    noise.expected += ["ERR_INTERNET_DISCONNECTED", "WebSocket connection to"]
    page = visit("user_demo_010", phone=True)
    live(page)
    hero = page.get_by_role("region", name="Your level")
    before = hero.bounding_box()

    page.context.set_offline(True)

    expect(page.get_by_text("You are offline")).to_be_visible()
    assert hero.bounding_box() == before


def test_bars_leave_no_letter_in_copied_text(visit: Visit) -> None:
    page = visit("user_demo_010")
    quests = page.get_by_role("listitem", name="Show Up")
    expect(quests).to_be_visible()

    lines = quests.inner_text().splitlines()

    assert "x" not in [line.strip() for line in lines]


def test_all_achievements_are_one_press_away(visit: Visit) -> None:
    page = visit("user_demo_010")
    shown = page.get_by_role("region", name="Achievements").get_by_role("listitem")
    expect(shown).to_have_count(6)

    page.get_by_role("button", name="Show all").press("Enter")

    expect(shown.nth(20)).to_be_visible()
    page.get_by_role("button", name="Show less").press("Enter")
    expect(shown).to_have_count(6)
