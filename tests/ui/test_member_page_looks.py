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
        expect(page.locator(".panel h2").first).to_be_visible()
        look = "getComputedStyle(document.querySelector('.panel h2')).color"
        return str(page.evaluate(look))

    assert ground(dark=True) == "rgb(238, 238, 240)"
    assert ground(dark=False) == "rgb(33, 31, 38)"


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desk"])
def test_toasts_cover_nothing_that_can_be_pressed(
    visit: Visit, stack: LiveStack, *, phone: bool
) -> None:
    user = f"user_demo_{'009' if phone else '008'}"
    code = stack.code_of(user)
    page = visit(user, phone=phone)
    live(page)

    for number in range(6):
        stack.buys(f"user_f{phone:d}{number}", code)
    expect(page.locator(".fui-ToastRoot").first).to_be_visible()
    expect(page.get_by_test_id("balance-usd")).to_contain_text("$26.46")
    page.wait_for_timeout(1_500)

    shown = page.locator(".fui-ToastRoot:not([data-limited])")
    assert 1 <= shown.count() <= 3
    assert page.evaluate(COVERED) == []


COVERED = """() => {
  const toasts = [...document.querySelectorAll(".fui-ToastRoot:not([data-limited])")]
    .map((toast) => toast.getBoundingClientRect());
  const pressed = [...document.querySelectorAll("main button, main a, nav a, nav button")];
  const meets = (a, b) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  return pressed
    .filter((one) => one.checkVisibility())
    .filter((one) => toasts.some((toast) => meets(toast, one.getBoundingClientRect())))
    .map((one) => one.textContent);
}"""


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

    page.get_by_role("link", name="Achievements").press("Enter")

    expect(page.get_by_role("heading", name="Achievements", level=1)).to_be_focused()
    for name in ("Next up", "Unlocked", "Still locked"):
        expect(page.get_by_role("region", name=name)).to_be_visible()
    shown = page.get_by_role("region", name="Still locked").get_by_role("listitem")
    expect(shown.nth(15)).to_be_visible()


def test_everything_that_is_pressed_is_large_enough_for_a_finger(
    visit: Visit, stack: LiveStack
) -> None:
    stack.buys("user_g1", stack.code_of("user_demo_007"))
    page = visit("user_demo_007", phone=True)
    for name in ("Home", "Quests", "Referrals", "Earnings", "Achievements"):
        link = page.get_by_role("link", name=name, exact=True).first
        if not link.is_visible():
            page.get_by_role("button", name="More").click()
        link.click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.wait_for_load_state("networkidle")

        assert page.evaluate(SMALL) == [], name


SMALL = """() => [...document.querySelectorAll("button, a, summary, input, textarea, [role=tab]")]
  .filter((one) => one.checkVisibility() && !one.matches(".skip"))
  .map((one) => [one.textContent || one.ariaLabel, one.getBoundingClientRect()])
  .filter(([, box]) => box.width > 2 && (box.width < 43.5 || box.height < 43.5))
  .map(([name, box]) => `${name} ${box.width} x ${box.height}`)"""


def test_the_largest_amount_is_seen_whole(visit: Visit, stack: LiveStack) -> None:
    stack.buys("user_g2", stack.code_of("user_demo_006"), "1234567890.00")
    page = visit("user_demo_006", phone=True)

    earned = page.locator(".balance-earned")

    expect(earned).to_contain_text("$123,456,789.00")
    assert earned.evaluate("one => one.scrollWidth <= one.clientWidth")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width == page.evaluate("window.innerWidth")


def test_the_bar_and_the_figures_beside_it_say_the_same(visit: Visit, stack: LiveStack) -> None:
    stack.buys("user_g3", stack.code_of("user_demo_005"))
    page = visit("user_demo_005")
    expect(page.get_by_test_id("level")).to_have_text("2")

    bar = page.get_by_role("meter", name="Progress to level 3")

    told = page.get_by_test_id("level-xp").inner_text()
    assert bar.get_attribute("aria-valuenow") == told
    assert bar.get_attribute("aria-valuemax") == "200"
    assert int(page.get_by_test_id("xp").inner_text()) == int(told) + 100
