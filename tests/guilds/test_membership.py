"""Guilds: who gets in and out, who leads, who may do what. On the real database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from game.services.guilds import membership, requests
from game.services.guilds.membership import Shape
from tests.support.guild_life import MONDAY, People, at_once, refusal

HOUR = timedelta(hours=1)


def test_of_two_hundred_who_join_at_once_exactly_as_many_get_in_as_there_are_places(
    people: People,
) -> None:
    names = [f"m{number}" for number in range(200)]
    guild = people.guild("ada", *[f"early{number}" for number in range(44)])
    people.add(*names)

    answers = at_once(membership.join, [(people[name], guild, MONDAY) for name in names])

    assert sorted(set(answers)) == ["", "guild_full"]
    assert answers.count("") == 5
    assert len(people.roles(guild)) == 50
    assert people.rows("SELECT members FROM guild WHERE id = %s", guild) == [(50,)]


def test_nobody_gets_into_two_guilds_however_many_they_join_at_once(people: People) -> None:
    guilds = [people.guild(f"lead{number}") for number in range(6)]
    people.add("bo")

    answers = at_once(membership.join, [(people["bo"], guild, MONDAY) for guild in guilds])

    assert sorted(answers) == ["", *["already_in_guild"] * 5]
    assert sum("bo" in people.roles(guild) for guild in guilds) == 1


def test_joining_twice_is_once(people: People) -> None:
    guild = people.guild("ada", "bo")

    membership.join(people["bo"], guild, MONDAY)

    assert people.roles(guild) == {"ada": "leader", "bo": "member"}
    assert people.rows("SELECT count(*) FROM member_fact WHERE kind = 'guild'") == [(2,)]


@pytest.mark.parametrize("access", ["request", "invite"])
def test_a_guild_that_is_not_open_is_entered_its_own_way_only(people: People, access: str) -> None:
    guild = people.guild("ada", access=access)
    people.add("bo", "cy")

    assert refusal(membership.join, people["bo"], guild, MONDAY) == "guild_access"
    asked = refusal(requests.ask, people["bo"], guild, MONDAY)
    requests.invite(people["ada"], guild, "cy", MONDAY)
    membership.join(people["cy"], guild, MONDAY)

    assert asked == ("" if access == "request" else "guild_access")
    assert people.roles(guild) == {"ada": "leader", "cy": "member"}
    assert people.told("cy") == [("invited", "")]


def test_who_asked_is_let_in_or_not_and_hears_of_it(people: People) -> None:
    guild = people.guild("ada", "bo", access="request")
    people.add("cy", "di", "ed")
    for name in ("cy", "di", "ed"):
        requests.ask(people[name], guild, MONDAY)
        requests.ask(people[name], guild, MONDAY)
    membership.give_role(people["ada"], guild, people["bo"].member_id, "officer", MONDAY)

    requests.accept(people["bo"], guild, people["cy"].member_id, MONDAY)
    requests.decline(people["bo"], guild, people["di"].member_id, MONDAY)
    requests.decline(people["ed"], guild, people["ed"].member_id, MONDAY)
    late = refusal(requests.accept, people["bo"], guild, people["ed"].member_id, MONDAY)

    assert people.roles(guild) == {"ada": "leader", "bo": "officer", "cy": "member"}
    assert people.told("ada") == [("requested", "cy"), ("requested", "di"), ("requested", "ed")]
    assert people.told("cy") == [("accepted", "")]
    assert people.told("di") == [("declined", "")]
    assert people.told("ed") == []
    assert late == "guild_no_request"


def test_inviting_who_asked_lets_them_in(people: People) -> None:
    guild = people.guild("ada", access="request")
    requests.ask(people["bo"], guild, MONDAY)

    requests.invite(people["ada"], guild, "BO", MONDAY)

    assert people.roles(guild) == {"ada": "leader", "bo": "member"}


def test_who_gets_in_somewhere_takes_their_other_requests_back(people: People) -> None:
    guild = people.guild("ada", access="request")
    other = people.guild("zoe")
    requests.ask(people["bo"], guild, MONDAY)

    membership.join(people["bo"], other, MONDAY)

    assert people.rows("SELECT * FROM guild_request") == []


def test_a_leader_who_leaves_hands_over_to_the_longest_serving_officer(people: People) -> None:
    guild = people.guild("ada", "bo", "cy", "di")
    for place, name in enumerate(("di", "cy")):
        now = MONDAY + (place + 1) * HOUR
        membership.give_role(people["ada"], guild, people[name].member_id, "officer", now)

    membership.remove(people["ada"], guild, people["ada"].member_id, MONDAY + 3 * HOUR)

    assert people.roles(guild) == {"bo": "member", "cy": "officer", "di": "leader"}
    assert people.told("di")[-1] == ("role", "leader")


def test_without_officers_the_longest_serving_member_leads(people: People) -> None:
    guild = people.guild("ada", "bo", "cy")

    membership.remove(people["ada"], guild, people["ada"].member_id, MONDAY + HOUR)

    assert people.roles(guild) == {"bo": "leader", "cy": "member"}


def test_the_last_one_out_disbands_and_the_name_is_free(people: People) -> None:
    guild = people.guild("ada")

    membership.remove(people["ada"], guild, people["ada"].member_id, MONDAY + HOUR)
    gone = refusal(membership.join, people["bo"], guild, MONDAY + HOUR)
    again = people.guild("ada", now=MONDAY + 2 * HOUR)

    assert gone == "not_found"
    assert people.roles(guild) == {}
    assert people.roles(again) == {"ada": "leader"}


def test_a_disbanded_guild_leaves_nobody_in_it_and_tells_them(people: People) -> None:
    guild = people.guild("ada", "bo", "cy")

    membership.disband(people["ada"], guild, MONDAY + HOUR)

    assert people.roles(guild) == {}
    assert people.told("bo") == [("invited", ""), ("disbanded", "")]
    assert people.rows(
        "SELECT count(*) FILTER (WHERE value = ''), count(*) FROM member_fact WHERE kind = 'guild'"
    ) == [(3, 6)]


@pytest.mark.parametrize(
    ("who", "whom", "done"),
    [
        ("officer", "member", True),
        ("officer", "officer2", False),
        ("officer", "leader", False),
        ("member", "member2", False),
        ("leader", "officer", True),
        ("outsider", "member", False),
        ("moderator", "leader", True),
    ],
)
def test_who_may_show_out_whom(people: People, who: str, whom: str, done: bool) -> None:  # noqa: FBT001
    guild = people.guild("leader", "officer", "officer2", "member", "member2")
    for name in ("officer", "officer2"):
        membership.give_role(people["leader"], guild, people[name].member_id, "officer", MONDAY)
    actor = people.moderator(who) if who == "moderator" else people[who]

    code = refusal(membership.remove, actor, guild, people[whom].member_id, MONDAY + HOUR)

    assert code == ("" if done else "guild_forbidden")
    assert (whom in people.roles(guild)) is not done
    assert list(people.roles(guild).values()).count("leader") == 1


def test_only_who_leads_or_moderates_edits_and_gives_roles(people: People) -> None:
    guild = people.guild("ada", "bo", "cy")
    membership.give_role(people["ada"], guild, people["bo"].member_id, "officer", MONDAY)
    cy = people["cy"].member_id

    for act in (
        (membership.give_role, people["bo"], guild, cy, "officer", MONDAY),
        (membership.edit, people["bo"], guild, Shape(name="Mine"), MONDAY),
        (membership.disband, people["bo"], guild, MONDAY),
        (requests.invite, people["cy"], guild, "di", MONDAY),
    ):
        assert refusal(*act) == "guild_forbidden"
    membership.edit(people.moderator("mo"), guild, Shape(name="Tidy", access="invite"), MONDAY)

    assert people.rows("SELECT name, access FROM guild") == [("Tidy", "invite")]
    assert people.rows("SELECT action, subject FROM audit") == [("guild.edit", f"guild {guild}")]


def test_a_leader_steps_down_only_by_handing_over(people: People) -> None:
    guild = people.guild("ada", "bo")
    ada, bo = people["ada"].member_id, people["bo"].member_id

    alone = refusal(membership.give_role, people["ada"], guild, ada, "member", MONDAY)
    membership.give_role(people["ada"], guild, bo, "leader", MONDAY)

    assert alone == "guild_needs_leader"
    assert people.roles(guild) == {"ada": "officer", "bo": "leader"}


def test_a_name_is_given_once_whatever_its_case(people: People) -> None:
    guild = people.guild("ada")
    other = people.guild("bo")

    made = refusal(membership.create, people["cy"], Shape("guild OF ada", "", "open"), MONDAY)
    taken = refusal(membership.edit, people["bo"], other, Shape(name="GUILD of ada"), MONDAY)
    own = refusal(membership.edit, people["ada"], guild, Shape(name="GUILD of ADA"), MONDAY)

    assert (made, taken, own) == ("guild_name_taken", "guild_name_taken", "")


def test_joining_and_leading_ten_unlock_their_badges(people: People) -> None:
    guild = people.guild("ada", *[f"m{number}" for number in range(8)])
    unlocked = "SELECT key FROM achievement_unlock WHERE member_id = %s ORDER BY key"
    nine = people.rows(unlocked, people["ada"].member_id)

    people.bring_in(guild, "ada", "tenth")

    assert nine == [("guild_joined_1",)]
    assert people.rows(unlocked, people["ada"].member_id) == [
        ("guild_joined_1",),
        ("guild_led_10",),
    ]
    assert people.rows(unlocked, people["tenth"].member_id) == [("guild_joined_1",)]


def test_who_takes_over_ten_leads_ten(people: People) -> None:
    guild = people.guild("ada", *[f"m{number}" for number in range(10)])

    membership.remove(people["ada"], guild, people["ada"].member_id, MONDAY + HOUR)

    led = people.rows("SELECT guild_led FROM member WHERE id = %s", people["m0"].member_id)
    assert led == [(10,)]
