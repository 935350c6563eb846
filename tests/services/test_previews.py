"""A draft of the rules is tried on what really happened, and moves nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from game.rules.refusals import Refusal
from game.rules.ruleset import default_document
from game.services.previews import asking, buyers, working
from game.services.previews.asking import PreviewView
from game.services.settlement.settle import settle_buyers
from models.session import MEMBER, WORKER, transaction
from tests.support.settling import COMPANY, deliver_all, drain_all, figures, found_company, life
from tests.support.telling import as_owner, rows

pytestmark = pytest.mark.usefixtures("settings")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
BOOKS = ("receipt", "movement", "balance", "member", "member_day", "payment_effect",
         "lesson_effect", "referral", "quest", "notice", "member_fact", "rule_set")  # fmt: skip


def draft(**commission: Any) -> dict[str, Any]:
    """The default rules with other commissions, twice the XP of a sale, and no class for money."""
    document = default_document()
    document["commission"] |= {"rate_bp": 1500} | commission
    document["xp"]["conversion"]["points"] = 200
    document["classes"]["of"]["champion"]["commission_bp"] = 10_000
    return document


def lived() -> None:
    """Three weeks of a company, settled."""
    deliver_all(life(found_company(NOW), NOW, 300), NOW)
    drain_all(NOW)


def preview(document: dict[str, Any], days: int = 40) -> PreviewView:
    """Ask for a preview and work on it to its end."""
    preview_id = asking.ask(COMPANY, document, days, "user_owner", NOW)
    working.work(COMPANY, preview_id, seconds=60)
    return look(preview_id)


def look(preview_id: int, company: str = COMPANY) -> PreviewView:
    with transaction(MEMBER, company) as tx:
        return asking.read(tx, company, preview_id)


def books() -> list[str]:
    """A print of every table that a settlement writes."""
    return [
        rows(f"SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {name} t")[
            0
        ][0]
        for name in BOOKS
    ]


def members_of(preview_id: int) -> dict[str, tuple[int, int]]:
    """By Whop user: XP and US cents that the draft adds."""
    found = rows(
        "SELECT m.whop_user_id, xp_then - xp_now, usd_then_cents - usd_now_cents "
        "FROM rule_preview_member p JOIN member m ON m.company_id = p.company_id "
        "AND m.id = p.member_id WHERE p.preview_id = %s",
        preview_id,
    )
    return {user: (xp, cents) for user, xp, cents in found}


def publish_in_the_past(document: dict[str, Any], since: datetime) -> None:
    """What nobody may do: the same rules, as if they had held all along; the books follow."""
    document["version"] = 2
    as_owner(
        "INSERT INTO rule_set (company_id, version, valid_from, document, actor_user_id) VALUES "
        f"('{COMPANY}', 2, '{since.isoformat()}', $doc${json.dumps(document)}$doc$, 'user_owner')"
    )
    with transaction(WORKER) as tx:
        keys = tx.rows("SELECT DISTINCT company_id, buyer_id FROM payment WHERE buyer_id > ''")
        settle_buyers(tx, [(company, buyer) for company, buyer in keys], NOW)


def test_a_preview_says_to_the_cent_what_the_draft_would_have_posted() -> None:
    lived()
    before = figures()
    document = draft()

    found = preview(document)
    said = members_of(found.id)
    publish_in_the_past(document, found.since)
    after = figures()

    assert found.state == "done"
    assert found.result is not None
    assert found.result["payments"] > 40
    moved = 0
    for user, (_, cents) in said.items():
        was, became = before.get(user, {}), after.get(user, {})
        moved += became.get("payment_xp", 0) - was.get("payment_xp", 0)
        assert became.get("earned_usd_cents", 0) - was.get("earned_usd_cents", 0) == cents
    classes = found.result["classes"]
    assert sum(one["xp"]["then"] - one["xp"]["now"] for one in classes) == moved > 0
    for pair in found.result["commission"]:
        currency = pair["now"]["currency"]
        for way, then in (("now", before), ("then", after)):
            purses = [one["money"].get(currency, {}) for one in then.values() if "money" in one]
            assert pair[way]["amount_minor"] == sum(sum(purse.values()) for purse in purses)
    assert found.result["members"]["gain"] >= len([c for _, c in said.values() if c > 0]) > 0


def test_a_preview_changes_no_row_of_the_books() -> None:
    lived()
    before = books()

    preview(draft(applies_to="first_payment", max_months=1))

    assert books() == before


def test_the_rules_as_they_are_change_nothing_for_anybody() -> None:
    lived()

    result = preview(default_document()).result

    assert result is not None
    assert result["usd_cents"]["now"] == result["usd_cents"]["then"] > 0
    assert result["xp"]["now"] == result["xp"]["then"] > 0
    assert result["members"]["gain"] == result["members"]["lose"] == 0
    assert result["most_gained"] == result["most_lost"] == []


def test_a_preview_goes_on_where_a_dead_worker_left_it(monkeypatch: pytest.MonkeyPatch) -> None:
    lived()
    whole = preview(draft())
    monkeypatch.setattr(working, "BUYERS_A_STEP", 7)
    monkeypatch.setattr(working, "MEMBERS_A_STEP", 3)

    again = asking.ask(COMPANY, draft(), 40, "user_owner", NOW)
    _die_in(monkeypatch, again, after_steps=2)
    half = look(again)
    working.sweep_step({}, NOW, NOW + timedelta(minutes=2))

    assert half.state == "running"
    assert 0 < half.done < half.total
    assert look(again).result == whole.result


def test_one_that_cannot_be_computed_is_failed_and_blocks_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lived()
    preview_id = asking.ask(COMPANY, draft(), 40, "user_owner", NOW)
    with pytest.raises(Refusal, match="under way") as refused:
        asking.ask(COMPANY, draft(), 40, "user_owner", NOW)
    with monkeypatch.context() as patch:
        patch.setattr(buyers, "compare", _raise(KeyError("no such rule")))
        working.work(COMPANY, preview_id)

    assert refused.value.details == {"id": str(preview_id)}
    assert look(preview_id).state == "failed"
    assert look(preview_id).result is None
    assert preview(draft()).state == "done"


def test_a_company_sees_its_own_previews_and_keeps_ten() -> None:
    lived()
    first = preview(draft(), days=1)
    for _ in range(10):
        newest = preview(draft(), days=1)
    found_company(NOW, company="biz_other")

    with pytest.raises(Refusal, match="no such preview"):
        look(newest.id, "biz_other")
    with pytest.raises(Refusal, match="no such preview"):
        look(first.id)
    assert rows("SELECT count(*) FROM rule_preview") == [(10,)]


def _die_in(monkeypatch: pytest.MonkeyPatch, preview_id: int, after_steps: int) -> None:
    """Work on the preview until an accident between two steps."""
    real, left = working.step, after_steps

    def step(*arguments: Any) -> bool:
        nonlocal left
        if not left:
            raise SystemExit
        left -= 1
        return real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(working, "step", step)
        with pytest.raises(SystemExit):
            working.work(COMPANY, preview_id)


def _raise(error: Exception) -> Callable[..., None]:
    def fail(*_: Any) -> None:
        raise error

    return fail
