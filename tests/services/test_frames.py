"""What the outbox promises: committed notices get published, or nobody waits for it any more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import redis

from game.services.notices import frames
from game.services.platform import redis_client
from models.session import WORKER, transaction
from settings import Settings
from tests.conftest import forget_settings
from tests.support.faults import Controlled
from tests.support.news import reader

SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _own_client(settings: Settings) -> Iterator[None]:
    redis_client.client.cache_clear()
    yield
    redis_client.client.cache_clear()


def test_published_frames_leave_the_outbox() -> None:
    hero, ears = reader("biz_a"), listen()

    numbers = hero.tell(3)

    assert numbers == [1, 2, 3]
    assert [heard["channel"] for heard in messages(ears)] == [channel(hero.member_id)] * 3
    assert outbox() == 0


def test_frames_that_were_never_published_are_swept_up_after_a_second() -> None:
    hero, second = reader("biz_a"), reader("biz_a", "user_2")
    hero.note(2)
    second.note()
    ears = listen()
    now = datetime.now(UTC)

    too_early = frames.sweep(now)
    swept = frames.sweep(now + 2 * SECOND)
    again = frames.sweep(now + 3 * SECOND)

    texts = [heard["data"] for heard in messages(ears)]
    assert (too_early, swept, again) == (0, 2, 0)
    assert len(texts) == 3
    assert texts[0] == hero.unpublished[0].frames[0][1].encode()
    assert outbox() == 0


def test_frames_older_than_every_comparison_are_forgotten_unpublished() -> None:
    hero, ears = reader("biz_a"), listen()
    hero.note(2)

    swept = frames.sweep(datetime.now(UTC) + timedelta(seconds=61))

    assert swept == 1
    assert messages(ears) == []
    assert outbox() == 0


def test_without_redis_the_outbox_keeps_everything(
    own_valkey: Controlled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", own_valkey.url)
    forget_settings()
    redis_client.client.cache_clear()
    hero = reader("biz_a")
    hero.note(2)

    own_valkey.kill()
    with pytest.raises(redis.RedisError):
        hero.publish()
    with pytest.raises(redis.RedisError):
        frames.sweep(datetime.now(UTC) + 2 * SECOND)
    kept = outbox()
    own_valkey.start()

    assert kept == 1
    assert frames.sweep(datetime.now(UTC) + 2 * SECOND) == 1
    assert outbox() == 0


def channel(member_id: int) -> bytes:
    return f"wl:n:biz_a:{member_id}".encode()


def listen() -> redis.client.PubSub:
    ears: redis.client.PubSub = redis_client.client().pubsub(  # type: ignore[no-untyped-call]
        ignore_subscribe_messages=True
    )
    ears.psubscribe("wl:n:*")
    ears.get_message(timeout=1)
    return ears


def messages(ears: redis.client.PubSub) -> list[dict[str, bytes]]:
    """What was heard until now."""
    return list(iter(lambda: ears.get_message(timeout=0.2), None))


def outbox() -> int:
    with transaction(WORKER) as tx:
        return int(tx.rows("SELECT count(*) FROM notice_outbox")[0][0])
