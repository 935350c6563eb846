"""Clicks that waited in Redis: moved once, with their own time, whatever else is in the stream."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cli.token import open_session
from game.services.inbox import spool
from game.services.platform import redis_client
from game.services.referrals import click_spool, links, visitors
from game.services.referrals.click_spool import ClickMover, Followed
from models.session import WORKER, Row, transaction
from settings import Settings

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)
ADDRESS = "203.0.113.7"


@pytest.fixture(autouse=True)
def _fresh(settings: Settings) -> None:
    redis_client.client.cache_clear()


def member(user: str = "user_1") -> tuple[int, str]:
    """A member of the company, and their code."""
    member_id = open_session("biz_1", user, "member", NOW).member_id
    return member_id, links.generate("biz_1", member_id, NOW).code


def follow(code: str, browser: str = "Firefox", at: datetime = NOW, token: str = "") -> Followed:
    return Followed(token or links.new_token(), code, at, ADDRESS, browser)


def keep(*clicks: Followed) -> None:
    for click in clicks:
        assert click_spool.put(click, wait_ms=2000)


def stored() -> list[Row]:
    with transaction(WORKER) as tx:
        return tx.rows("SELECT token, code, at FROM click ORDER BY at, token")


def facts() -> int:
    with transaction(WORKER) as tx:
        return int(tx.rows("SELECT count(*) FROM member_fact WHERE kind = 'click'")[0][0])


def test_a_click_moves_once_with_its_own_time() -> None:
    _, code = member()
    click = follow(code)
    keep(click, click, follow(code.lower(), "Chrome", NOW + timedelta(seconds=1)))

    for _ in range(2):
        ClickMover().move(LATER)

    assert (click.token, NOW) == stored()[0][::2]
    assert (len(stored()), facts(), click_spool.depth()) == (2, 2, 0)


def test_what_postgres_took_after_all_is_not_doubled() -> None:
    member_id, code = member()
    click = follow(code)
    target = links.find(code)
    assert target is not None
    assert target.member_id == member_id
    visitor = visitors.visitor_of("biz_1", target.visitor_key, click.address, click.browser)
    links.record_click(target, visitor, click.token, click.at)
    keep(click)

    ClickMover().move(LATER)

    assert (len(stored()), facts(), click_spool.depth()) == (1, 1, 0)


def test_nobodys_code_an_expired_one_and_the_members_own_click_count_nowhere() -> None:
    member_id, code = member()
    visitors.note_member("biz_1", member_id, ADDRESS, "Own browser")
    _, expired = member("user_2")
    with transaction(WORKER) as tx:
        tx.run("UPDATE referral_code SET expires_at = %s WHERE code = %s", (NOW, expired))
    keep(follow("ZZZZZZZZ"), follow(code, "Own browser"), follow(expired))

    ClickMover().move(LATER)

    assert (stored(), click_spool.depth()) == ([], 0)


def test_a_held_member_does_not_keep_the_others_waiting() -> None:
    held_id, held = member("user_held")
    _, free = member("user_free")
    keep(*[follow(held, f"B{n}") for n in range(5)], follow(free))
    with transaction(WORKER) as holder:
        holder.rows("SELECT FROM member WHERE id = %s FOR UPDATE", (held_id,))
        ClickMover().move(LATER)
        assert [code for _, code, _ in stored()] == [free]
        assert click_spool.depth() == 5

    ClickMover().move(LATER)

    assert (len(stored()), click_spool.depth()) == (6, 0)


def test_more_than_a_batch_of_blocked_clicks_is_passed_by(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(click_spool, "BATCH", 2)
    held_id, held = member("user_held")
    _, free = member("user_free")
    keep(*[follow(held, f"B{n}") for n in range(3)], follow(free))
    mover = ClickMover()
    with transaction(WORKER) as holder:
        holder.rows("SELECT FROM member WHERE id = %s FOR UPDATE", (held_id,))
        mover.move(LATER)
        mover.move(LATER)
        assert [code for _, code, _ in stored()] == [free]
    while mover.move(LATER) or click_spool.depth():
        pass

    assert len(stored()) == 4


def test_what_cannot_be_read_is_put_aside(settings: Settings) -> None:
    _, code = member()
    strange = {"token": "ck_1", "code": code, "at": NOW.isoformat(), "sealed": b"\x01\x03devno"}
    spool.client().xadd(click_spool.STREAM, strange)  # type: ignore[arg-type]
    spool.client().xadd(click_spool.STREAM, {"strange": "entry"})
    keep(follow(code))

    ClickMover().move(LATER)

    assert (len(stored()), click_spool.depth()) == (1, 0)
    assert spool.client().xlen(spool.QUARANTINE) == 2


def test_what_tells_of_a_person_waits_sealed() -> None:
    _, code = member()
    keep(follow(code, "A very particular browser"))

    raw = repr(spool.client().xrange(click_spool.STREAM))

    assert code in raw
    assert "particular" not in raw
    assert ADDRESS not in raw


def test_a_flood_is_refused_before_it_takes_the_room_of_deliveries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(click_spool, "MOST_WAITING", 1)
    keep(follow("ABCDEFGH"))

    with pytest.raises(spool.NotSpooled):
        click_spool.put(follow("ABCDEFGH"), wait_ms=100)
