"""What members bring counts for the guild of each fact's own time, in whatever order it arrives."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from game.services.guilds import membership
from game.services.verifying.verify import verify
from models.session import WORKER, transaction
from tests.support.company_life import pay, refund, settle
from tests.support.guild_life import People, refusal

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
_companies = itertools.count(1)


def code(people: People, name: str) -> str:
    """A referral code of a member."""
    word = f"CODE{people[name].member_id:04d}"
    with transaction(WORKER) as tx:
        tx.run(
            "INSERT INTO referral_code (company_id, code, member_id, created_at) "
            "VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (people.company_id, word, people[name].member_id, NOW - 100 * HOUR),
        )
    return word


def shares(people: People) -> dict[str, tuple[int, int, int]]:
    """What each guild has, by its leader's name: XP of payments, referrals, cents."""
    return {
        name: (xp, referrals, cents)
        for name, xp, referrals, cents in people.rows(
            "SELECT g.name, sum(s.xp)::bigint, sum(s.referrals)::bigint, "
            "  sum(s.earned_usd_cents)::bigint "
            "FROM guild_share s JOIN guild g ON g.company_id = s.company_id AND g.id = s.guild_id "
            "WHERE s.company_id = %s GROUP BY g.name ORDER BY 1",
            people.company_id,
        )
    }


def differences(people: People) -> list[str]:
    """What `verify` finds; but of draws of own quests, which joins of the past were told behind."""
    found = [str(one) for one in verify([people.company_id], datetime.now(UTC))]
    return [one for one in found if ": quest.template of " not in one]


@pytest.mark.parametrize(
    ("late", "guild"),
    [(-SECOND, "none"), (timedelta(0), "ada"), (SECOND, "ada"), (2 * HOUR - SECOND, "ada"),
     (2 * HOUR, "bo"), (2 * HOUR + SECOND, "bo")],
)  # fmt: skip
def test_a_payment_counts_for_the_guild_of_its_own_moment(
    people: People, late: timedelta, guild: str
) -> None:
    ada, bo = people.guild("ada", now=NOW - 9 * HOUR), people.guild("bo", now=NOW - 9 * HOUR)
    joined = NOW - 5 * HOUR
    membership.join(people["hero"], ada, joined)
    membership.remove(people["hero"], ada, people["hero"].member_id, joined + 2 * HOUR)
    membership.join(people["hero"], bo, joined + 2 * HOUR)

    pay(people.company_id, "user_b", code(people, "hero"), at=joined + late)
    settle()

    found = people.rows(
        "SELECT g.name FROM guild_share s JOIN guild g ON g.id = s.guild_id WHERE s.referrals > 0"
    )
    assert found == ([] if guild == "none" else [(f"Guild of {guild}",)])
    assert differences(people) == []


def test_what_was_settled_before_the_second_of_joining_was_over_moves_along(
    people: People,
) -> None:
    ada = people.guild("ada", now=NOW - 9 * HOUR)
    second = NOW - HOUR
    pay(people.company_id, "user_a", code(people, "hero"), at=second - SECOND)
    pay(people.company_id, "user_b", code(people, "hero"), at=second + SECOND / 2)
    settle()

    membership.join(people["hero"], ada, second + SECOND / 2 + SECOND / 4)

    assert shares(people)["Guild of ada"][1] == 1
    assert differences(people) == []


def test_a_take_back_belongs_to_the_guild_of_its_payment(people: People) -> None:
    ada, bo = people.guild("ada", now=NOW - 9 * HOUR), people.guild("bo", now=NOW - 9 * HOUR)
    membership.join(people["hero"], ada, NOW - 5 * HOUR)
    payment = pay(people.company_id, "user_b", code(people, "hero"), at=NOW - 4 * HOUR)
    settle()
    before, moments = shares(people), moments_of(people, "Guild of ada")
    membership.remove(people["hero"], ada, people["hero"].member_id, NOW - 3 * HOUR)
    membership.join(people["hero"], bo, NOW - 2 * HOUR)

    refund(people.company_id, payment, "44.10")
    settle()

    after = shares(people)
    assert before["Guild of ada"][1:] == (1, 441)
    assert after["Guild of ada"][1:] == (0, 0)
    assert before["Guild of ada"][0] - moments == 188
    assert after["Guild of ada"][0] == moments_of(people, "Guild of ada")
    assert differences(people) == []


@dataclass(frozen=True)
class Deed:
    """One payment of a story: who is paid for, when, and how much is refunded of it."""

    number: int
    at: datetime
    refunded: str


def deeds(random: Random) -> Iterator[Deed]:
    for number in range(9):
        at = NOW - timedelta(minutes=random.randrange(5, 590))
        yield Deed(number, at, random.choice(["", "", "10.00", "44.10"]))


@pytest.mark.parametrize("seed", range(2))
def test_any_order_of_payments_refunds_and_joins_gives_the_same_guilds(
    people: People, seed: int
) -> None:
    """Joins happen in their order; everything else arrives before, between or after them."""
    random = Random(seed)
    story = list(deeds(random))
    moves = sorted(NOW - timedelta(minutes=random.randrange(5, 590)) for _ in range(5))

    outcomes = [told(People(f"biz_order{next(_companies)}"), story, moves, way) for way in range(3)]

    assert outcomes[0] == outcomes[1] == outcomes[2]
    assert any(referrals for _, referrals, _ in outcomes[0].values())


def told(
    people: People, story: list[Deed], moves: list[datetime], way: int
) -> dict[str, tuple[int, int, int]]:
    """Live the story in one order; the guilds' shares without what badges gave."""
    random = Random(way)
    guilds = [people.guild(name, now=NOW - 20 * HOUR) for name in ("ada", "bo")]
    word = code(people, "hero")
    acts: list[tuple[float, object]] = [(place + 0.5, at) for place, at in enumerate(moves)]
    acts += [(random.uniform(0, len(moves) + 1), deed) for deed in story]
    acts += [
        (random.uniform(0, len(moves) + 1), (deed.number, deed.refunded))
        for deed in story
        if deed.refunded
    ]
    inside = -1
    for _, act in sorted(acts, key=lambda one: one[0]):
        if isinstance(act, datetime):
            if inside >= 0:
                hero = people["hero"]
                membership.remove(hero, guilds[inside], hero.member_id, act)
            inside = (inside + 1) % 2
            assert refusal(membership.join, people["hero"], guilds[inside], act) == ""
        elif isinstance(act, Deed):
            buyer, payment = f"user_buyer{act.number}", f"pay_{people.company_id}_{act.number}"
            pay(people.company_id, buyer, word, at=act.at, payment_id=payment)
        elif isinstance(act, tuple):
            refund(people.company_id, f"pay_{people.company_id}_{act[0]}", act[1])
        if random.random() < 0.4:
            settle()
    settle()
    assert differences(people) == []
    return {
        name: (xp - moments_of(people, name), referrals, cents)
        for name, (xp, referrals, cents) in shares(people).items()
    }


def moments_of(people: People, name: str) -> int:
    """XP of a guild that is no payment's: badges come when they come."""
    [(xp,)] = people.rows(
        "SELECT coalesce(sum(r.xp), 0)::bigint FROM receipt r "
        "CROSS JOIN LATERAL (SELECT f.value FROM member_fact f WHERE f.company_id = r.company_id "
        "  AND f.member_id = r.member_id AND f.kind = 'guild' AND f.at <= r.at "
        "  ORDER BY f.at DESC, f.id DESC LIMIT 1) f "
        "JOIN guild g ON g.company_id = r.company_id AND g.id::text = f.value "
        "WHERE r.company_id = %s AND r.kind NOT IN ('payment', 'lesson') AND g.name = %s",
        people.company_id,
        name,
    )
    return int(xp)


@pytest.mark.parametrize(
    ("forgery", "named"),
    [
        ("UPDATE guild_share SET xp = xp + 1", "guild_share"),
        ("UPDATE guild_share SET referrals = referrals + 1", "guild_share"),
        ("DELETE FROM guild_share", "guild_share"),
        ("UPDATE guild_week SET referrals = referrals + 1", "guild_week.referrals"),
        ("UPDATE guild_week SET starts_at = starts_at + interval '7 days'", "guild_week.referrals"),
        ("UPDATE guild SET members = members + 1 WHERE members = 2", "guild.members"),
        (
            "UPDATE guild_member SET role = 'member' WHERE role = 'leader'",
            "guild and its one leader",
        ),
        ("DELETE FROM guild_member WHERE role = 'member'", "guild_member and the member's fact"),
        ("UPDATE guild SET entry_seq = entry_seq + 1", "guild_entry.number"),
        ("UPDATE member SET guilds_joined = 2", "member.guilds_joined"),
        ("UPDATE member SET guild_led = 9 WHERE guild_led = 0", "member.guild_led"),
        ("UPDATE member SET guild_led = 1 WHERE guild_led = 2", "member.guild_led"),
    ],
)
def test_a_forged_row_of_a_guild_is_named(people: People, forgery: str, named: str) -> None:
    people.guild("ada", "hero", now=NOW - 9 * HOUR)
    pay(people.company_id, "user_b", code(people, "hero"), at=NOW - HOUR)
    settle()
    assert differences(people) == []

    with transaction(WORKER) as tx:
        tx.run("RESET ROLE")
        assert tx.run(forgery) >= 1

    assert any(f": {named} of " in one for one in differences(people)), differences(people)
