"""Guilds over the API: found, joined, talked in, and every refusal by its code."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from tests.support.company_life import Person, sign_in
from tests.web.api.conftest import COMPANY


def act(person: Person, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """(status, data or the refusal's code)."""
    answer = person._ask(method, path, json={} if body is None else body)
    told: Any = answer.json
    return answer.status_code, told["data"] if told["success"] else told["error"]["code"]


def test_a_guild_from_its_founding_to_its_end(client: FlaskClient, hero: Person) -> None:
    friend = sign_in(client, COMPANY, "user_friend")
    _, guild = act(hero, "POST", "/guilds", {"name": "  Night   Owls ", "access": "request"})
    at = f"/guilds/{guild['id']}"

    assert (guild["name"], guild["role"], guild["members"]) == ("Night Owls", "leader", 1)
    assert act(friend, "POST", f"{at}/members") == (409, "guild_access")
    assert act(friend, "POST", f"{at}/messages", {"text": "hi"}) == (403, "guild_forbidden")
    assert act(friend, "GET", f"{at}/requests") == (403, "guild_forbidden")
    assert act(friend, "POST", f"{at}/requests")[1]["asked"] == "request"
    [request] = hero.data(f"{at}/requests")
    answered = f"{at}/requests/{request['member_id']}"
    assert act(hero, "POST", f"{answered}/accept")[1]["members"] == 2
    assert act(friend, "POST", "/guilds", {"name": "Own"}) == (409, "already_in_guild")
    assert [one["role"] for one in hero.data(f"{at}/members")] == ["leader", "member"]

    seat = f"{at}/members/{friend.member_id}"
    assert act(friend, "PATCH", at, {"about": "x"}) == (403, "guild_forbidden")
    assert act(hero, "PATCH", seat, {"role": "officer"})[0] == 200
    assert "let_in" in friend.data(at)["may"]
    said = act(friend, "POST", f"{at}/messages", {"text": " hello \n you ", "key": "k1"})[1]
    again = act(friend, "POST", f"{at}/messages", {"text": "hello", "key": "k1"})[1]
    assert said["text"] == "hello \n you"
    assert said["number"] == again["number"]
    newest = hero.data(f"{at}/messages", limit=1)
    assert newest["entries"][0]["text"] == said["text"]
    assert newest["last_number"] == said["number"]
    gone = f"{at}/messages/{said['number']}"
    assert act(hero, "POST", f"{gone}/report", {"reason": "odd"})[0] == 200
    assert act(hero, "DELETE", gone)[0] == 200
    assert hero.data(f"{at}/messages", before=said["number"] + 1, limit=1)["entries"][0]["deleted"]

    assert act(hero, "DELETE", f"{at}/members/{hero.member_id}")[0] == 200
    assert friend.data("/guilds", only="mine")[0]["role"] == "leader"
    assert act(friend, "DELETE", at)[0] == 200
    assert act(hero, "GET", at) == (404, "not_found")


def test_what_is_no_name_and_no_text_is_refused(hero: Person) -> None:
    for name in ("x", "x" * 41, "a\u202eb", "  ", None):
        assert act(hero, "POST", "/guilds", {"name": name})[0] == 422, name
    guild = act(hero, "POST", "/guilds", {"name": "Fine"})[1]
    at = f"/guilds/{guild['id']}/messages"
    for body in ({"text": " \n "}, {"text": "x" * 2001}, {"text": "x", "key": "a b"}, {}):
        assert act(hero, "POST", at, body)[0] == 422, body
    assert hero.get(at, after=1, before=2).status_code == 422


def test_who_writes_too_fast_is_told_to_wait(hero: Person) -> None:
    guild = act(hero, "POST", "/guilds", {"name": "Fast"})[1]
    at = f"/guilds/{guild['id']}/messages"

    codes = [hero.post(at, {"text": f"t{number}"}) for number in range(12)]

    assert [one.status_code for one in codes] == [200] * 10 + [429] * 2
    assert int(codes[-1].headers["Retry-After"]) >= 1
    assert len(hero.data(at)["entries"]) == 11


def test_guilds_are_listed_the_largest_first_page_by_page_and_found_by_part_of_a_name(
    client: FlaskClient, hero: Person
) -> None:
    people = [sign_in(client, COMPANY, f"user_{number}") for number in range(4)]
    made = [act(one, "POST", "/guilds", {"name": f"Guild {n}"})[1] for n, one in enumerate(people)]
    act(hero, "POST", f"/guilds/{made[1]['id']}/members")

    first = hero.get("/guilds", limit=3).json or {}
    rest = hero.get("/guilds", limit=3, after=first["page"]["next"]).json or {}

    names = [one["name"] for one in (*first["data"], *rest["data"])]
    assert names[0] == "Guild 1"
    assert sorted(names) == [f"Guild {number}" for number in range(4)]
    assert [one["name"] for one in hero.data("/guilds", search="UILD 3")] == ["Guild 3"]
    assert hero.data("/guilds", search="%") == []
