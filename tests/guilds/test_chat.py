"""What is said in a guild: numbered, once, by who may, without waiting for any member."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from game.rules.calendar_windows import Zones
from game.rules.quests import QuestWorld, offers
from game.rules.ruleset import Rules
from game.rules.ruleset_parts import WindowKind
from game.services.guilds import chat, membership
from game.services.members.store import lock_members
from game.services.settlement.drain import drain
from game.services.verifying.verify import verify
from models.session import MEMBER, WORKER, transaction
from tests.support.guild_life import MONDAY, People, refusal

HOUR = timedelta(hours=1)
DAILY: tuple[WindowKind, ...] = ("daily",)
LATER = MONDAY + 2 * HOUR


def page(people: People, guild: int, who: str, **query: int | None) -> list[str]:
    """Texts of a stretch of the channel, as somebody reads it."""
    asked = {"after": None, "before": None, "limit": 50} | query
    with transaction(MEMBER, people.company_id) as tx:
        found = chat.read(tx, people[who], guild, **asked)  # type: ignore[arg-type]
    return [one.entry.text or one.entry.what for one in found.entries]


def test_many_write_at_once_and_each_message_has_its_number_once(people: People) -> None:
    names = [f"m{number}" for number in range(20)]
    guild = people.guild("ada", *names)
    first = len(people.entries(guild))

    def talk(name: str) -> list[int]:
        said = (chat.write(people[name], guild, f"{name} {n}", "", LATER) for n in range(5))
        return [entry.number for entry in said]

    with ThreadPoolExecutor(10) as pool:
        numbers = [number for mine in pool.map(talk, names) for number in mine]

    assert sorted(numbers) == list(range(first + 1, first + 101))
    assert len(set(people.entries(guild)[first:])) == 100


def test_a_message_waits_for_no_members_lock(people: People) -> None:
    guild = people.guild("ada", "bo")

    with transaction(WORKER) as held:
        lock_members(held, [(people.company_id, people[name].member_id) for name in ("ada", "bo")])
        entry = chat.write(people["bo"], guild, "nobody waits", "", LATER)

    assert people.entries(guild)[entry.number - 1] == "nobody waits"


def test_sent_again_under_its_key_it_is_the_same_message(people: People) -> None:
    guild = people.guild("ada", "bo")

    said = [chat.write(people["bo"], guild, "hello", "k1", LATER).number for _ in range(3)]
    other = chat.write(people["ada"], guild, "hello", "k1", LATER).number

    assert said == [said[0]] * 3
    assert other == said[0] + 1


def test_who_is_not_in_it_neither_writes_nor_reads_and_moderators_only_read(people: People) -> None:
    guild = people.guild("ada")
    mo = people.moderator("mo")
    number = chat.write(people["ada"], guild, "hello", "", LATER).number

    assert refusal(chat.write, people["bo"], guild, "hi", "", LATER) == "guild_forbidden"
    assert refusal(chat.write, mo, guild, "hi", "", LATER) == "guild_forbidden"
    assert refusal(page, people, guild, "bo") == "guild_forbidden"
    assert refusal(chat.report, people["bo"], guild, number, "", LATER) == "guild_forbidden"
    with transaction(MEMBER, people.company_id) as tx:
        found = chat.read(tx, mo, guild, after=None, before=None, limit=9)
    assert found.entries[-1].entry.text == "hello"


def test_who_left_reads_no_more(people: People) -> None:
    guild = people.guild("ada", "bo")
    assert page(people, guild, "bo")

    membership.remove(people["bo"], guild, people["bo"].member_id, LATER)

    assert refusal(page, people, guild, "bo") == "guild_forbidden"


def test_history_is_read_upwards_and_downwards_without_a_gap(people: People) -> None:
    guild = people.guild("ada")
    for number in range(10):
        chat.write(people["ada"], guild, f"t{number}", "", LATER)

    assert page(people, guild, "ada", limit=3) == ["t7", "t8", "t9"]
    assert page(people, guild, "ada", before=9, limit=3) == ["t4", "t5", "t6"]
    assert page(people, guild, "ada", after=8, limit=2) == ["t7", "t8"]
    assert page(people, guild, "ada", before=3, limit=9) == ["joined", "t0"]


def test_a_message_is_taken_down_by_its_author_or_who_keeps_order(people: People) -> None:
    guild = people.guild("ada", "bo", "cy")
    for name in ("ada", "bo", "bo", "bo"):
        chat.write(people[name], guild, f"words of {name}", "", LATER)
    own, led, modded = [n for n, e in enumerate(people.entries(guild), 1) if e == "words of bo"]

    assert refusal(chat.delete, people["cy"], guild, own, LATER) == "guild_forbidden"
    chat.delete(people["bo"], guild, own, LATER)
    chat.delete(people["bo"], guild, own, LATER)
    chat.delete(people["ada"], guild, led, LATER)
    chat.delete(people.moderator("mo"), guild, modded, LATER)

    assert "words of bo" not in people.entries(guild)
    assert people.entries(guild).count("deleted") == 3
    assert people.rows("SELECT action FROM audit") == [("guild.delete_message",)]
    assert [str(one) for one in verify([people.company_id], LATER)] == []


def test_a_report_reaches_who_keeps_order_once(people: People) -> None:
    guild = people.guild("ada", "bo", "cy")
    number = chat.write(people["bo"], guild, "rude", "", LATER).number

    chat.report(people["cy"], guild, number, "rude", LATER)
    chat.report(people["cy"], guild, number, "rude", LATER)

    assert people.told("ada") == [("reported", str(number))]
    with transaction(MEMBER, people.company_id) as tx:
        seen = [
            chat.read(tx, people[name], guild, after=None, before=None, limit=1).entries[0].reports
            for name in ("ada", "cy")
        ]
    assert seen == [1, 0]


def test_messages_count_in_their_day_once_and_guild_talk_is_dealt_to_who_is_in_a_guild(
    people: People,
) -> None:
    guild = people.guild("ada", "bo")
    for number in range(3):
        chat.write(people["bo"], guild, f"t{number}", "", LATER)

    for _ in range(2):
        while drain(LATER + HOUR).more:
            pass

    assert people.rows("SELECT messages FROM member_day WHERE messages > 0") == [(3,)]
    assert [str(one) for one in verify([people.company_id], LATER + HOUR)] == []
    assert "guild_talk" in drawn(in_guild=True)
    assert "guild_talk" not in drawn(in_guild=False)


def drawn(*, in_guild: bool) -> set[str]:
    """All that two hundred members can draw on a day."""
    world = QuestWorld(lessons_recent=False, in_guild=in_guild, locked_achievements=9)
    return {
        offer.template
        for member in range(200)
        for offer in offers("biz_a", member, MONDAY, 1, world, DAILY, Rules(), Zones())
    }


def test_a_message_without_its_fact_and_a_gap_in_the_numbers_are_named(people: People) -> None:
    guild = people.guild("ada", "bo")
    chat.write(people["bo"], guild, "hello", "", LATER)
    chat.write(people["bo"], guild, "again", "", LATER)

    with transaction(WORKER) as tx:
        tx.run("RESET ROLE")
        tx.run("UPDATE guild_entry SET member_id = 1 WHERE text = 'hello'")
        tx.run("DELETE FROM guild_entry WHERE text = 'again'")

    found = " ".join(str(one) for one in verify([people.company_id], LATER))
    assert ": guild message and the member's fact of " in found
    assert ": guild_entry.number of " in found
