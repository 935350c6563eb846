"""What guilds do together: dealt by the week, counted by the guild of then, rewarded once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from game.rules.guilds import is_news, quest_of_week, quest_target
from game.rules.ruleset import default_rules
from game.services.guilds import dealing, membership, quests
from game.services.settlement.drain import drain
from game.services.verifying.verify import verify
from models.outgoing import RunTask
from models.session import WORKER, register_sender, transaction
from tests.support.guild_life import MONDAY, People, at_once

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
WEEK = timedelta(days=7)
BEFORE = MONDAY - HOUR
TUESDAY = MONDAY + timedelta(days=1)
CLOSED = MONDAY + WEEK + timedelta(hours=72)


def deal(now: datetime) -> None:
    """The job, as beat would run it."""
    progress = dealing.deal_step({}, now, now)
    while progress is not None:
        progress = dealing.deal_step(progress, now, now)


def click(people: People, name: str, at: datetime, visitor: str) -> None:
    """Somebody new on a member's link. Not settled yet."""
    with transaction(WORKER) as tx:
        tx.run(
            "INSERT INTO member_fact (company_id, member_id, kind, key, at) "
            "VALUES (%s, %s, 'click', %s, %s)",
            (people.company_id, people[name].member_id, f"{at:%F} {visitor}", at),
        )


def settle(now: datetime) -> None:
    while drain(now).more:
        pass


def dealt(people: People) -> list[tuple[object, ...]]:
    return people.rows(
        "SELECT guild_id, template, members, target FROM guild_quest ORDER BY guild_id, starts_at"
    )


def rumour(people: People, *others: str) -> int:
    """A guild that draws Rumour this week: who leads it is tried until it does."""
    for number in range(40):
        guild = people.guild(f"lead{number}", *(f"{name}{number}" for name in others), now=BEFORE)
        if quests_of_week(people, guild) == "rumour":
            return guild
    raise AssertionError("no guild ever draws Rumour")


def quests_of_week(people: People, guild: int) -> str:
    return quest_of_week(people.company_id, guild, MONDAY)


def names(people: People, guild: int) -> list[str]:
    return list(people.roles(guild))


@pytest.mark.parametrize(
    ("members", "muster", "clicks"), [(3, 2, 15), (4, 2, 20), (5, 3, 25), (50, 25, 250)]
)
def test_the_targets_grow_with_the_guild(members: int, muster: int, clicks: int) -> None:
    rules = default_rules().guilds

    assert quest_target("muster", members, rules) == muster
    assert quest_target("rumour", members, rules) == clicks


def test_progress_is_told_in_twentieths() -> None:
    told, steps = 0, []
    for progress in range(1, 101):
        if is_news(progress, told, 100):
            told = progress
            steps.append(progress)

    assert steps == list(range(5, 101, 5))
    assert [one for one in range(1, 4) if is_news(one, one - 1, 3)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("joined", "members"),
    [(MONDAY - SECOND, 3), (MONDAY, 3), (MONDAY + SECOND - SECOND / 9, 3), (MONDAY + SECOND, 0)],
)
def test_a_guild_of_three_at_the_weeks_start_gets_one(
    people: People, joined: datetime, members: int
) -> None:
    guild = people.guild("ada", "bo", now=BEFORE)
    membership.join(people["cy"], guild, joined)

    deal(MONDAY + 2 * SECOND)
    deal(TUESDAY)

    assert [row[2] for row in dealt(people)] == ([members] if members else [])
    assert people.entries(guild).count("dealt") == (1 if members else 0)


def test_a_missed_week_is_made_up_as_long_as_it_counts(people: People) -> None:
    people.guild("ada", "bo", "cy", now=BEFORE)

    deal(CLOSED - HOUR)
    made = people.rows("SELECT starts_at FROM guild_quest ORDER BY 1")
    deal(CLOSED)

    assert made == [(MONDAY,), (MONDAY + WEEK,)]
    assert len(dealt(people)) == 2


def test_a_quest_dealt_late_is_the_one_of_then(people: People) -> None:
    guild = people.guild("ada", "bo", "cy", now=BEFORE)
    membership.join(people["late"], guild, TUESDAY)

    deal(TUESDAY + HOUR)

    assert [row[2] for row in dealt(people)] == [3]
    assert [str(one) for one in verify([people.company_id], TUESDAY + HOUR)] == []


def test_each_fact_counts_for_the_guild_of_its_time_and_the_reward_is_for_who_is_in_and_did_some(
    people: People,
) -> None:
    guild = rumour(people, "worker", "leaver", "idle")
    lead, worker, leaver, idle = names(people, guild)
    deal(MONDAY + HOUR)
    for number in range(10):
        click(people, worker, MONDAY + HOUR, f"w{number}")
        click(people, leaver, MONDAY + HOUR, f"l{number}")
    settle(TUESDAY)
    membership.remove(people[leaver], guild, people[leaver].member_id, TUESDAY)
    click(people, leaver, TUESDAY + HOUR, "too late for them")
    settle(TUESDAY + HOUR)
    assert dealt(people)[-1][3] == 20  # five for each of the four

    quests.look(people.company_id, [guild], TUESDAY + 2 * HOUR)
    quests.look(people.company_id, [guild], TUESDAY + 3 * HOUR)

    assert people.rows(
        "SELECT m.username, r.xp, r.at FROM receipt r JOIN member m ON m.id = r.member_id "
        "WHERE r.kind = 'guild_quest'"
    ) == [(worker, 100, TUESDAY + 2 * HOUR)]
    assert people.told(worker)[-1] == ("quest_completed", "rumour")
    assert people.entries(guild)[-1] == "completed"
    told = [what for name in (idle, lead, leaver) for what, _ in people.told(name)]
    assert "quest_completed" not in told
    assert [str(one) for one in verify([people.company_id], TUESDAY + 3 * HOUR)] == []


def test_looked_at_from_many_sides_it_is_completed_once(people: People) -> None:
    guild = rumour(people, "a", "b")
    worker = names(people, guild)[1]
    deal(MONDAY + HOUR)
    for number in range(15):
        click(people, worker, MONDAY + HOUR, f"w{number}")
    settle(TUESDAY)

    at_once(quests.look, [(people.company_id, [guild], TUESDAY)] * 12)

    assert people.rows("SELECT count(*) FROM receipt WHERE kind = 'guild_quest'") == [(1,)]
    assert people.rows("SELECT rewarded, is_open FROM guild_quest WHERE guild_id = %s", guild) == [
        (1, False)
    ]
    assert people.entries(guild).count("completed") == 1


@pytest.mark.parametrize(("now", "rewards"), [(CLOSED - SECOND, 1), (CLOSED, 0)])
def test_what_is_complete_before_the_close_is_rewarded(
    people: People, now: datetime, rewards: int
) -> None:
    guild = rumour(people, "a", "b")
    worker = names(people, guild)[1]
    deal(MONDAY + HOUR)
    for number in range(15):
        click(people, worker, MONDAY + WEEK - SECOND, f"w{number}")
    settle(now - SECOND)

    quests.look_step({}, now, now)

    assert people.rows("SELECT count(*) FROM receipt WHERE kind = 'guild_quest'") == [(rewards,)]
    open_still = "SELECT is_open FROM guild_quest WHERE guild_id = %s AND starts_at = %s"
    assert people.rows(open_still, guild, MONDAY) == [(False,)]


def test_facts_outside_of_the_week_do_not_count(people: People) -> None:
    guild = rumour(people, "a", "b")
    worker = names(people, guild)[1]
    deal(MONDAY + HOUR)
    for place, at in enumerate((MONDAY - SECOND, MONDAY, MONDAY + WEEK - SECOND, MONDAY + WEEK)):
        click(people, worker, at, f"w{place}")
    settle(MONDAY + WEEK + HOUR)

    with transaction(WORKER, people.company_id) as tx:
        now = MONDAY + WEEK + HOUR
        page = quests.read_quests(tx, people[worker], guild, now, after=None, limit=5)

    assert [(one.progress, one.mine, one.state) for one in page.items] == [(2, 2, "open")]


def test_a_batch_asks_for_a_look_and_the_channel_tells_of_it(people: People) -> None:
    guild = rumour(people, "a", "b")
    worker = names(people, guild)[1]
    deal(MONDAY + HOUR)
    click(people, worker, MONDAY + HOUR, "one")
    asked: list[object] = []
    register_sender(asked.extend)

    settle(TUESDAY)
    register_sender(lambda _: None)
    quests.look(people.company_id, [guild], TUESDAY)

    looks = [one for one in asked if isinstance(one, RunTask)]
    wanted = {"company_id": people.company_id, "guild_ids": [guild]}
    assert looks == [RunTask("guilds.look", wanted)]
    assert people.rows(
        "SELECT details FROM guild_entry WHERE guild_id = %s ORDER BY number DESC LIMIT 1", guild
    ) == [({"what": "moved", "about": "rumour", "progress": 1, "target": 15},)]


@pytest.mark.parametrize(
    ("forgery", "named"),
    [
        ("UPDATE guild_quest SET target = target + 1", "guild_quest.target"),
        ("UPDATE guild_quest SET reward_xp = 900", "guild_quest.reward_xp"),
        ("UPDATE guild_quest SET members = 9", "guild_quest.members"),
        ("UPDATE guild_quest SET completed_at = starts_at", "guild_quest.completed_at"),
        ("UPDATE guild_quest SET rewarded = 3", "guild_quest.rewarded"),
        ("UPDATE guild_week SET clicks = clicks + 9", "guild_week.clicks"),
    ],
)
def test_a_forged_quest_or_week_is_named(people: People, forgery: str, named: str) -> None:
    guild = rumour(people, "a", "b")
    deal(MONDAY + HOUR)
    click(people, names(people, guild)[1], MONDAY + HOUR, "one")
    settle(TUESDAY)

    with transaction(WORKER) as tx:
        tx.run("RESET ROLE")
        assert tx.run(forgery) >= 1

    found = [str(one) for one in verify([people.company_id], TUESDAY)]
    assert any(f": {named} of " in one for one in found), found
