"""A guild's channel over the real relay: every member sees each entry once and in order.

With `GUILD_SIZE=500 GUILD_SECONDS=20` in the environment it is a crowd.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from cli.local.processes import kill_group
from cli.local.servers import Servers
from game.services.guilds import chat, membership
from game.services.guilds.held import Actor
from game.services.guilds.membership import Shape
from game.services.notices import frames
from models.outgoing import Frames
from models.session import WORKER, register_sender, transaction
from tests.support.databases import fresh_database
from tests.support.guild_life import People
from tests.support.news import Reader
from tests.support.relays import Browser, Relay, connect, running_relay
from tests.web.realtime.conftest import installed

SIZE = int(os.environ.get("GUILD_SIZE", "12"))
SECONDS = float(os.environ.get("GUILD_SECONDS", "2"))
A_SECOND = 20


@pytest.fixture(scope="module")
def relay(
    servers: Servers, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Relay]:
    with fresh_database(servers, template) as database:
        values = servers.environment() | {"DATABASE_URL": database}
        with installed(values), running_relay(tmp_path_factory.mktemp("relay")) as relay:
            register_sender(
                lambda sent: frames.publish([one for one in sent if isinstance(one, Frames)])
            )
            yield relay


def crowd(people: People, size: int) -> int:
    """A guild of so many: rows written at once, as joining one by one is told elsewhere."""
    now = datetime.now(UTC)
    people.add("leader", *(f"m{number}" for number in range(1, size)), now=now)
    guild = membership.create(people["leader"], Shape("Crowd", "", "open"), now)
    with transaction(WORKER) as tx:
        tx.run(
            "INSERT INTO guild_member (company_id, member_id, guild_id, role, role_since, "
            "  joined_at) SELECT company_id, id, %s, 'member', %s, %s FROM member "
            "WHERE company_id = %s ON CONFLICT DO NOTHING",
            (guild, now, now, people.company_id),
        )
    return guild


def browser_of(relay: Relay, actor: Actor, guild: int, number: int) -> Browser:
    reader = Reader(actor.company_id, actor.member_id, "user_any")
    return connect(relay, reader, cursors=[f"guild:{guild}:{number}"])


@pytest.mark.faults
def test_each_of_a_crowd_hears_each_message_of_its_guild_once_in_order_over_a_killed_relay(
    relay: Relay,
) -> None:
    people = People()
    guild = crowd(people, SIZE)
    actors = [people[name] for name in people.ids]
    name, first = f"guild:{guild}", 1  # the leader's own coming
    browsers = [browser_of(relay, actor, guild, first) for actor in actors]
    outsider = browser_of(relay, people["outsider"], guild, 0)
    count = int(SECONDS * A_SECOND)

    def say(numbers: range) -> None:
        for number in numbers:
            began = time.monotonic()
            chat.write(actors[number % SIZE], guild, f"words {number}", "", datetime.now(UTC))
            time.sleep(max(0.0, 1 / A_SECOND - (time.monotonic() - began)))

    say(range(count // 2))
    before = [list(one.hear_until(name, first + count // 2)) for one in browsers]
    kill_group(relay.process.pid)
    relay.process.wait(10)
    say(range(count // 2, count * 3 // 4))
    relay.start()
    again = [
        browser_of(relay, actor, guild, heard[-1])
        for actor, heard in zip(actors, before, strict=True)
    ]
    say(range(count * 3 // 4, count))
    after = [one.hear_until(name, first + count, seconds=30) for one in again]

    wanted = list(range(first + 1, first + count + 1))
    assert [b + a for b, a in zip(before, after, strict=True)] == [wanted] * SIZE
    assert outsider.is_told("disconnected", name) or outsider.code
    assert outsider.heard[name] == []


def test_who_is_in_the_guild_is_told_how_many_are_there(relay: Relay) -> None:
    people = People("biz_presence")
    guild = crowd(people, 3)
    browsers = [browser_of(relay, people[name], guild, 0) for name in ("leader", "m1")]
    outsider = browser_of(relay, people["outsider"], guild, 0)

    def online(browser: Browser) -> list[int]:
        channel = f"guild:{guild}"
        told = [one for one in browser.others if one["type"] == "presence"]
        return [one["data"]["online"] for one in told if one.get("channel") == channel]

    until = time.monotonic() + 15
    while 2 not in online(browsers[0]) and time.monotonic() < until:
        browsers[0].read(1.0)
    outsider.read(1.0)
    outsider.read(1.0)

    assert 2 in online(browsers[0])
    assert online(outsider) == []
