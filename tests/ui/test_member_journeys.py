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

    for _ in range(40):
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


def test_two_found_a_guild_join_it_and_talk_live(
    visit: Visit, stack: LiveStack, noise: Noise
) -> None:
    noise.expected.append("WebSocket connection")
    ada, bo = visit("user_demo_009"), visit("user_demo_010", phone=True)
    for page in (ada, bo):
        live(page)
        to_guild(page)

    ada.get_by_role("button", name="Create a guild").click()
    form = ada.get_by_role("dialog", name="Create a guild")
    form.get_by_role("textbox", name="Name").fill("Night Owls")
    form.get_by_role("button", name="Create", exact=True).click()
    expect(ada.get_by_role("heading", level=1, name="Night Owls")).to_be_visible()
    bo.reload()
    bo.get_by_role("button", name="Join Night Owls").click()
    expect(bo.get_by_role("heading", level=1, name="Night Owls")).to_be_visible()

    log = {page: page.get_by_role("log", name="Messages") for page in (ada, bo)}
    expect(log[ada]).to_contain_text("joined the guild")
    for page, words in ((ada, "Anybody here?"), (bo, "Me!")):
        page.get_by_role("textbox", name="Message to your guild").fill(words)
        page.keyboard.press("Enter")
    for page in (ada, bo):
        expect(log[page].get_by_text("Anybody here?")).to_have_count(1)
        expect(log[page].get_by_text("Me!")).to_have_count(1)
        expect(page.get_by_text("2 online")).to_be_visible()

    stack.kill_relay()
    bo.get_by_role("textbox", name="Message to your guild").fill("Still here")
    bo.keyboard.press("Enter")
    expect(log[ada].get_by_text("Still here")).to_have_count(1)
    stack.start_relay()
    live(ada)
    expect(log[ada].get_by_text("Still here")).to_have_count(1)


def to_guild(page: Page) -> None:
    """Go to the guild's screen, which on a phone lies behind More."""
    link = page.get_by_role("navigation").get_by_role("link", name="Guild")
    if not link.first.is_visible():
        page.get_by_role("button", name="More").click()
        link = page.locator("#more-pages").get_by_role("link", name="Guild")
    link.first.click()


def test_two_members_side_by_side_see_each_other_climb_the_board(
    visit: Visit, stack: LiveStack
) -> None:
    mine, theirs = stack.code_of("user_demo_009"), stack.code_of("user_demo_011")
    page, other = visit("user_demo_009", phone=True), visit("user_demo_011", dark=True)
    for one in (page, other):
        live(one)
        one.get_by_role("link", name="Boards").first.click()
        expect(one.get_by_role("heading", name="Boards")).to_be_focused()
        one.get_by_role("radio", name="Referrals").check(force=True)
    place, place_of_other = (one.get_by_role("group", name="Your place") for one in (page, other))
    expect(place).to_contain_text("Not on this board yet")

    for number in range(3):
        stack.buys(f"user_climb_a{number}", mine)
    expect(place).to_contain_text("3 referrals")
    for number in range(4):
        stack.buys(f"user_climb_b{number}", theirs)

    expect(place_of_other).to_contain_text("4 referrals")
    board = page.get_by_role("list", name="This week · Referrals")
    expect(board.get_by_role("listitem").filter(has_text="4 referrals").first).to_be_visible()
    page.get_by_role("button", name="Why?").click()
    why = page.get_by_role("region", name="Your last 24 hours")
    expect(why).to_contain_text(re.compile("passed you.*4 referrals"))
    expect(why.get_by_text("New referral")).to_have_count(3)
    expect(place).to_be_in_viewport()


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
    expect(happened.get_by_text("New referral").first).to_be_visible()
    before = happened.get_by_text("New referral").count()
    expect(page.get_by_test_id("bell")).to_have_accessible_name("News")
    page.get_by_role("switch", name="Sales", exact=True).click()
    expect(page.get_by_role("switch", name="Sales", exact=True)).not_to_be_checked()
    told = len(toasts(page, "New referral"))
    stack.buys("user_j12", code)

    expect(happened.get_by_text("New referral")).to_have_count(before + 1)
    page.wait_for_timeout(1_500)  # as long as news are gathered before they pop up
    assert len(toasts(page, "New referral")) == told


def test_a_creators_quest_goes_from_the_form_to_a_claim(visit: Visit, stack: LiveStack) -> None:
    team = visit("user_demo_creator")
    twin = stack.installation.url("twin")
    team.goto(f"{twin}/open?user=user_demo_creator&to=/dashboard/biz_demo/quests")
    team.get_by_role("button", name="New quest").click()
    form = team.get_by_role("dialog", name="New quest")
    form.get_by_label("Title").fill("Launch Week")
    form.get_by_role("button", name="Publish").click()
    # What is missing is said beside each field, and nothing is sent.
    expect(form.get_by_role("alert")).to_have_count(2)
    form.get_by_label("What members read").fill("Be there when we launch.")
    form.get_by_label("What to do, part 1").select_option("visits")
    form.get_by_label("How many, part 1").fill("1")
    form.get_by_label("Last day").fill(form.get_by_label("First day").input_value())
    form.get_by_role("button", name="Publish").click()
    expect(team.get_by_role("heading", name="Launch Week")).to_be_visible()

    member = visit("user_demo_008", phone=True)
    live(member)
    member.goto(f"{twin}/experiences/exp_demo/quests")
    special = member.get_by_role("listitem", name="Launch Week")
    special.get_by_role("button", name="Launch Week", exact=True).click()
    detail = member.get_by_role("dialog", name="Launch Week")
    expect(detail.get_by_role("list", name="What counted")).to_contain_text("You opened the app")
    member.keyboard.press("Escape")
    expect(detail).to_have_count(0)
    special.get_by_role("button", name="Claim Launch Week").click()
    expect(special.get_by_role("button", name="Launch Week is claimed")).to_be_visible()
