"""What members do on their page, in a real browser in front of the whole running system."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.live_stack import LiveStack
from tests.support.watched_page import Noise
from tests.ui.conftest import Visit

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.timeout(900)  # the first test of all may have to build the pages


def live(page: Page) -> None:
    """Wait until the page hears of news by itself."""
    expect(page.get_by_test_id("live")).to_have_text("Live")


def activity(page: Page, title: str) -> Locator:
    """The lines of the recent activity with this title."""
    return page.get_by_role("region", name="Recent activity").get_by_role(
        "button", name=re.compile(f"^{title}")
    )


def toasts(page: Page, word: str) -> list[str]:
    """The toasts with this word that ever appeared."""
    told: list[str] = page.evaluate("window.toasts")
    return [text for text in told if word in text]


def test_a_visitor_nobody_vouches_for_is_sent_to_whop(
    visit: Visit, stack: LiveStack, noise: Noise
) -> None:
    noise.expected.append("status of 401")

    page = visit("")

    expect(page.get_by_role("heading", name="Open inside Whop")).to_be_visible()
    expect(page.get_by_role("link", name="Go to Whop")).to_have_attribute(
        "href", stack.installation.url("twin") + "/"
    )
    expect(page.get_by_test_id("level")).to_have_count(0)


def test_a_new_member_chooses_a_class_with_the_keyboard_alone(visit: Visit) -> None:
    page = visit("user_demo_001")
    wanted = page.get_by_role("button", name="Choose Sage")
    expect(wanted).to_be_enabled()

    for _ in range(12):
        page.keyboard.press("Tab")
        if wanted.evaluate("button => button === document.activeElement"):
            break
    page.keyboard.press("Enter")
    asked = page.get_by_role("alertdialog", name="Become a Sage?")
    expect(asked).to_contain_text("You can switch again on")
    page.keyboard.press("Escape")
    expect(asked).to_have_count(0)
    expect(wanted).to_be_focused()
    page.keyboard.press("Enter")
    expect(asked.get_by_role("button", name="Not yet")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    hero = page.get_by_role("region", name="Your level")
    expect(hero.get_by_text("Sage", exact=True)).to_be_visible()
    expect(wanted).to_have_count(0)
    expect(page.get_by_role("heading", name=re.compile("^Level"))).to_be_focused()
    mine = page.get_by_role("region", name="Your class")
    expect(mine.get_by_text("Insight", exact=True)).to_have_count(1)
    expect(mine.get_by_text(re.compile("50 % more XP"))).to_have_count(1)
    mine.get_by_role("button", name="Change class").click()
    terms = page.get_by_role("dialog", name="Change your class")
    expect(terms).to_contain_text(re.compile("You chose Sage on .* in 29 days 23 h"))


def test_a_signed_webhook_shows_up_everywhere_without_a_reload(
    visit: Visit, stack: LiveStack
) -> None:
    page = visit("user_demo_002")
    live(page)
    page.get_by_role("button", name="Get my link").click()
    link = page.get_by_role("textbox", name="Your referral link")
    expect(link).to_have_value(re.compile("/r/[A-Z2-9]{8}$"))
    page.evaluate("window.sameVisit = true")

    stack.buys("user_ann", link.input_value().rpartition("/")[2])

    # 188 of the referral and 50 of the achievement it unlocks.
    expect(page.get_by_test_id("xp")).to_have_text("238")
    expect(page.get_by_test_id("balance-usd")).to_contain_text("$4.41")
    expect(activity(page, "New referral")).to_have_count(1)
    expect(page.locator(".fui-ToastRoot").first).to_be_visible()
    assert toasts(page, "+$4.41") != []
    assert page.evaluate("window.sameVisit") is True


def test_a_receipt_opens_to_a_sum_that_can_be_followed(visit: Visit, stack: LiveStack) -> None:
    stack.buys("user_bob", stack.code_of("user_demo_003"), "49.00")
    page = visit("user_demo_003")
    line = activity(page, "New referral")
    expect(line).to_be_visible()
    expect(line).to_contain_text("just now")

    line.click()

    money = page.get_by_role("table", name="How the commission came about")
    assert money.get_by_role("row").all_text_contents() == [
        "Paid without tax$49.00",
        "\u00d7Commission rate10\u00a0%",
        "=Commission$4.90",
    ]
    xp = page.get_by_role("table", name="How the XP came about")
    expect(xp.get_by_role("row").last).to_have_text("=XP+198 XP")


def test_a_member_who_has_a_link_sees_it_at_once(visit: Visit, stack: LiveStack) -> None:
    code = stack.code_of("user_demo_004")

    page = visit("user_demo_004")

    link = page.get_by_role("textbox", name="Your referral link")
    expect(link).to_have_value(f"{stack.web}/r/{code}")
    expect(page.get_by_role("button", name="Get my link")).to_have_count(0)
    assert link.evaluate("field => field.scrollWidth <= field.clientWidth")
    assert link.evaluate("field => field.scrollHeight <= field.clientHeight")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("dialog", name="Link copied")).to_be_visible()
    expect(page.get_by_role("dialog", name="Link copied")).to_have_count(0, timeout=4_500)


def test_a_finished_quest_is_claimed_once_however_often_it_is_pressed(
    visit: Visit, noise: Noise
) -> None:
    noise.expected.append("status of 409")  # what the second page hears
    page, other = visit("user_demo_005"), visit("user_demo_005")
    claim = "Claim Show Up"
    for each in (page, other):
        expect(each.get_by_role("button", name=claim)).to_be_visible()

    page.get_by_role("button", name=claim).dblclick()
    other.get_by_role("button", name=claim).click()

    # 15 of the quest and 25 of the achievement for the first claim.
    expect(page.get_by_test_id("xp")).to_have_text("40")
    expect(other.get_by_test_id("xp")).to_have_text("40")
    page.reload()
    expect(page.get_by_role("button", name="Show Up is claimed")).to_be_disabled()
    expect(page.get_by_test_id("xp")).to_have_text("40")
    expect(activity(page, "Quest: Show Up")).to_have_count(1)


def test_news_go_on_while_the_relay_is_dead_and_nothing_is_told_twice(
    visit: Visit, stack: LiveStack, noise: Noise
) -> None:
    noise.expected += ["WebSocket connection to", "ERR_CONNECTION_REFUSED"]
    code = stack.code_of("user_demo_006")
    page = visit("user_demo_006")
    live(page)
    badge = page.get_by_test_id("live")

    stack.kill_relay()
    expect(badge).to_have_text("Reconnecting")
    stack.buys("user_cleo", code)
    expect(badge).to_have_text("Every 5 s")
    expect(activity(page, "New referral")).to_have_count(1)
    stack.start_relay()
    live(page)
    expect(page.locator(".fui-ToastRoot")).to_have_count(0)
    stack.buys("user_dan", code)

    expect(activity(page, "New referral")).to_have_count(2)
    expect(page.get_by_test_id("balance-usd")).to_contain_text("$8.82")
    page.wait_for_timeout(2_000)  # toasts are told in batches: a second one would be out by now
    assert len(toasts(page, "+$4.41")) == 2


def test_a_member_shares_reads_the_news_and_silences_a_kind_of_them(
    visit: Visit, stack: LiveStack
) -> None:
    code = stack.code_of("user_demo_011")
    page = visit("user_demo_011", phone=True)
    live(page)
    stack.buys("user_j11", code)
    expect(page.get_by_test_id("streak")).to_have_text("1")
    expect(page.get_by_test_id("bell")).to_have_accessible_name(re.compile("unread"))

    page.get_by_test_id("share").click()
    expect(page.get_by_role("img", name="QR code of your link")).to_be_visible()
    page.get_by_role("tab", name="My card").click()
    expect(page.get_by_role("img", name="Your card: Level")).to_be_visible()
    page.get_by_role("button", name="Close").first.click()
    page.get_by_test_id("bell").click()
    happened = page.get_by_role("region", name="What happened")
    expect(happened.get_by_text("New referral")).to_have_count(1)
    expect(page.get_by_test_id("bell")).to_have_accessible_name("News")
    page.get_by_role("switch", name="Sales", exact=True).click()
    expect(page.get_by_role("switch", name="Sales", exact=True)).not_to_be_checked()
    told = len(toasts(page, "New referral"))
    stack.buys("user_j12", code)

    expect(happened.get_by_text("New referral")).to_have_count(2)
    page.wait_for_timeout(1_500)  # as long as news are gathered before they pop up
    assert len(toasts(page, "New referral")) == told
