"""No route ever shows or changes a row of another company, and each is behind its role.

The tables below are held against the application's own routes: a route that is in none of them
fails the test, so nobody adds one without saying who may use it.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from models.session import WORKER, transaction
from tests.support.company_life import Person, close_this_week, code_of, pay, rows, settle, sign_in
from tests.web.api.conftest import OTHER_COMPANY
from tests.web.api.test_ops import bury
from tests.web.api.test_quests import finish, open_app

# Route → the role it needs. `signed_in`: also operators outside the company. `public` routes know
# no caller and show no company's rows.
ROLES = {
    "GET /api/v1/users/me/profile": "member",
    "POST /api/v1/users/me/class": "member",
    "GET /api/v1/users/me/receipts": "member",
    "POST /api/v1/users/me/prestige": "member",
    "GET /api/v1/users/me/classes": "member",
    "GET /api/v1/users/me/outlook": "member",
    "GET /api/v1/users/me/since": "member",
    "GET /api/v1/users/me/card.png": "member",
    "GET /api/v1/users/me/settings": "member",
    "PATCH /api/v1/users/me/settings": "member",
    "POST /api/v1/announcements": "signed_in",
    "GET /api/v1/announcements": "creator",
    "GET /api/v1/users/<member>": "member",
    "GET /api/v1/company": "member",
    "GET /api/v1/company/pool": "creator",
    "POST /api/v1/company/pool": "creator",
    "GET /api/v1/rules": "member",
    "POST /api/v1/rules": "creator",
    "POST /api/v1/rules/preview": "creator",
    "GET /api/v1/rules/previews/<preview_id>": "creator",
    "GET /api/v1/quests": "member",
    "GET /api/v1/quests/<quest_id>": "member",
    "POST /api/v1/quests/<quest_id>/complete": "member",
    "GET /api/v1/achievements": "member",
    "POST /api/v1/referrals/generate": "member",
    "GET /api/v1/referrals": "member",
    "GET /api/v1/referrals/stats": "member",
    "GET /api/v1/commissions": "member",
    "GET /api/v1/commissions/balance": "member",
    "PATCH /api/v1/company": "creator",
    "GET /api/v1/company/choices": "creator",
    "GET /api/v1/referrals/links": "member",
    "GET /api/v1/referrals/links/<code>/visits": "member",
    "GET /api/v1/referrals/plans": "member",
    "GET /api/v1/referrals/campaigns": "member",
    "POST /api/v1/referrals/campaigns": "member",
    "POST /api/v1/referrals/track": "public",
    "POST /api/v1/referrals": "creator",
    "GET /api/v1/referrals/credited": "creator",
    "GET /api/v1/referrals/<buyer>/journal": "creator",
    "GET /api/v1/referrals/promo-codes": "member",
    "POST /api/v1/referrals/promo-codes": "creator",
    "DELETE /api/v1/referrals/promo-codes/<promo_code_id>": "creator",
    "GET /api/v1/referrals/appeals": "member",
    "POST /api/v1/referrals/<buyer>/appeal": "member",
    "POST /api/v1/referrals/<buyer>/review": "creator",
    "GET /api/v1/commissions/statement": "member",
    "GET /api/v1/payouts": "member",
    "POST /api/v1/payouts": "member",
    "GET /api/v1/payouts/overview": "creator",
    "POST /api/v1/payouts/settings": "creator",
    "POST /api/v1/payouts/<payout_id>/approve": "creator",
    "POST /api/v1/payouts/<payout_id>/reject": "creator",
    "POST /api/v1/payouts/<payout_id>/mark-paid": "creator",
    "GET /api/v1/guilds": "member",
    "POST /api/v1/guilds": "member",
    "GET /api/v1/guilds/<guild_id>": "member",
    "PATCH /api/v1/guilds/<guild_id>": "member",
    "DELETE /api/v1/guilds/<guild_id>": "member",
    "GET /api/v1/guilds/<guild_id>/members": "member",
    "POST /api/v1/guilds/<guild_id>/members": "member",
    "PATCH /api/v1/guilds/<guild_id>/members/<user>": "member",
    "DELETE /api/v1/guilds/<guild_id>/members/<user>": "member",
    "GET /api/v1/guilds/<guild_id>/requests": "member",
    "POST /api/v1/guilds/<guild_id>/requests": "member",
    "POST /api/v1/guilds/<guild_id>/requests/<user>/accept": "member",
    "POST /api/v1/guilds/<guild_id>/requests/<user>/decline": "member",
    "POST /api/v1/guilds/<guild_id>/invites": "member",
    "GET /api/v1/guilds/<guild_id>/messages": "member",
    "POST /api/v1/guilds/<guild_id>/messages": "member",
    "DELETE /api/v1/guilds/<guild_id>/messages/<number>": "member",
    "POST /api/v1/guilds/<guild_id>/messages/<number>/report": "member",
    "GET /api/v1/guilds/<guild_id>/quests": "member",
    "GET /api/v1/leaderboards": "member",
    "GET /api/v1/leaderboards/global": "member",
    "GET /api/v1/leaderboards/class/<name>": "member",
    "GET /api/v1/leaderboards/me": "member",
    "GET /api/v1/leaderboards/history": "member",
    "GET /api/v1/leaderboards/history/<number>": "member",
    "GET /api/v1/leaderboards/history/<number>/proof": "member",
    "GET /api/v1/leaderboards/league": "member",
    "DELETE /api/v1/perks/<perk_id>": "creator",
    "GET /api/v1/achievements/made": "moderator",
    "GET /api/v1/company/import": "creator",
    "GET /api/v1/company/reconcile": "creator",
    "GET /api/v1/ops/whop-runs": "admin",
    "GET /api/v1/perks": "member",
    "GET /api/v1/quests/metrics": "moderator",
    "GET /api/v1/quests/special": "moderator",
    "PATCH /api/v1/achievements/<achievement_id>": "moderator",
    "PATCH /api/v1/quests/<quest_id>": "moderator",
    "POST /api/v1/achievements": "moderator",
    "POST /api/v1/company/import": "creator",
    "POST /api/v1/company/import/undo": "creator",
    "POST /api/v1/company/reconcile": "creator",
    "POST /api/v1/perks": "creator",
    "POST /api/v1/quests": "moderator",
    "POST /api/v1/quests/<quest_id>/reroll": "member",
    "GET /api/v1/me": "signed_in",
    "GET /api/v1/notifications": "member",
    "POST /api/v1/notifications/read": "member",
    "POST /api/v1/websocket": "member",
    "GET /api/v1/ops/queues": "admin",
    "GET /api/v1/ops/jobs": "admin",
    "GET /api/v1/ops/jobs/<job>": "admin",
    "GET /api/v1/ops/audit": "admin",
    "GET /api/v1/ops/dead-letters": "admin",
    "GET /api/v1/ops/dead-letters/<letter_id>": "admin",
    "POST /api/v1/ops/dead-letters/<letter_id>/replay": "admin",
    "POST /api/v1/ops/dead-letters/<letter_id>/discard": "admin",
    "POST /api/v1/auth": "public",
    "GET /api/v1/openapi.json": "public",
    "GET /api/docs": "public",
    "GET /api/docs/assets/<filename>": "public",
    "GET /": "public",
    "GET /discover": "public",
    "GET /experiences/<place>": "public",
    "GET /experiences/<place>/<screen>": "public",
    "GET /ui": "public",
    "GET /dashboard/<place>": "public",
    "GET /dashboard/<place>/<screen>": "public",
    "GET /static/ui/<name>": "public",
    "GET /favicon.ico": "public",
    "GET /r/<code>": "public",
    "GET /health": "public",
    "GET /health/live": "public",
    "GET /health/ready": "public",
    "GET /metrics": "public",
}
ROLE_BY_BODY = {"POST /api/v1/announcements"}
"""Routes that look at the body before they know which role it takes: have tests of their own."""
BODIES: dict[str, Any] = {
    "POST /api/v1/users/me/prestige": {"prestige_level": 0},
    "POST /api/v1/users/me/class": {"class": "scout"},
    "POST /api/v1/notifications/read": {"up_to": 1},
    "POST /api/v1/referrals/campaigns": {"name": "Spring"},
    "POST /api/v1/referrals/<buyer>/appeal": {"text": "They came through me."},
    "POST /api/v1/guilds": {"name": "Ours"},
    "PATCH /api/v1/guilds/<guild_id>/members/<user>": {"role": "officer"},
    "POST /api/v1/guilds/<guild_id>/invites": {"username": "somebody"},
    "POST /api/v1/guilds/<guild_id>/messages": {"text": "Hello"},
    "POST /api/v1/ops/dead-letters/<letter_id>/discard": {"reason": "test"},
}
# What a member who has nothing is refused.
REFUSED = {"POST /api/v1/payouts": 409}
# Ids of rows that belong to one member, and what anybody else gets for them.
FOREIGN_IDS = {"member", "quest_id", "code", "guild_id", "number"}
ONCE = {"POST /api/v1/guilds"}
"""What the same member can do once only."""
SECRET = "zebra"
"""In every name of the other company; in no answer to ours."""


def name_of(rule: Rule) -> str:
    method = next(iter((rule.methods or set()) - {"HEAD", "OPTIONS"}))
    return f"{method} {re.sub(r'<(?:[^:>]+:)?([^>]+)>', r'<{}>', rule.rule).format(*names(rule))}"


def names(rule: Rule) -> list[str]:
    return re.findall(r"<(?:[^:>]+:)?([^>]+)>", rule.rule)


def routes_of(role: str) -> list[str]:
    return [route for route, needed in ROLES.items() if needed == role]


def present(app: Flask) -> dict[str, Rule]:
    return {name_of(rule): rule for rule in app.url_map.iter_rules()}


def ask(client: FlaskClient, route: str, token: str | None, ids: dict[str, str]) -> Any:
    method, path = route.split(" ", 1)
    for name, value in ids.items():
        path = path.replace(f"<{name}>", value)
    path = re.sub(r"<\w+>", "1", path)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    body = BODIES.get(route, {}) if method != "GET" else None
    return client.open(path, method=method, headers=headers, json=body)


@pytest.fixture
def victim(client: FlaskClient) -> Person:
    """A member of another company who has a row of every kind."""
    victim = sign_in(client, OTHER_COMPANY, f"user_{SECRET}")
    with transaction(WORKER) as tx:
        tx.run("UPDATE company SET title = %s WHERE company_id = %s", (SECRET, OTHER_COMPANY))
        tx.run("UPDATE member SET username = %s WHERE id = %s", (SECRET, victim.member_id))
    open_app(victim)
    assert victim.post("/guilds", {"name": f"The {SECRET}s"}).status_code == 200
    pay(OTHER_COMPANY, f"user_{SECRET}_buyer", code_of(victim), payment_id=f"pay_{SECRET}")
    settle()
    bury(OTHER_COMPANY)
    close_this_week(OTHER_COMPANY)
    return victim


def test_every_route_says_who_may_use_it(app: Flask) -> None:
    assert set(present(app)) == set(ROLES)


def test_the_code_asks_for_the_role_the_table_names(app: Flask) -> None:
    for route, rule in present(app).items():
        view = app.view_functions[rule.endpoint]
        needed = getattr(view, "required_role", "public")
        assert needed == ROLES[route], route


def test_an_anonymous_caller_gets_nothing(app: Flask, client: FlaskClient) -> None:
    for route in present(app):
        if ROLES[route] != "public":
            assert ask(client, route, None, {}).status_code == 401, route


@pytest.mark.parametrize("role", ["member", "moderator", "creator"])
def test_nobody_inside_a_company_is_an_operator(client: FlaskClient, role: str) -> None:
    person = sign_in(client, OTHER_COMPANY, f"user_{role}", role)
    bury(OTHER_COMPANY)

    for route in routes_of("admin"):
        assert ask(client, route, person.token, {"letter_id": "1"}).status_code == 403, route
    assert rows("SELECT state FROM dead_letter") == [("open",)]


def test_a_member_of_another_company_never_sees_a_foreign_row(
    client: FlaskClient, victim: Person, hero: Person
) -> None:
    [(quest,)] = rows("SELECT min(id) FROM quest WHERE company_id = %s", OTHER_COMPANY)
    finish(victim, str(quest))
    [(guild,)] = rows("SELECT id FROM guild WHERE company_id = %s", OTHER_COMPANY)
    before = everything_of(OTHER_COMPANY)
    done: set[str] = set()

    for route in routes_of("member") + routes_of("signed_in"):
        for member in (str(victim.member_id), victim.user_id):
            if route in done & ONCE or route in ROLE_BY_BODY:
                continue
            done.add(route)
            ids = {"member": member, "quest_id": str(quest), "guild_id": str(guild)}
            ids |= {"number": "1", "name": "scout"}
            answer = ask(client, route, hero.token, ids)
            wanted = FOREIGN_IDS & set(re.findall(r"<(\w+)>", route))
            usual = REFUSED.get(route, 200)
            assert answer.status_code == (404 if wanted else usual), (route, answer.data)
            told = answer.data.replace(victim.user_id.encode(), b"") if wanted else answer.data
            assert SECRET.encode() not in told, route
    assert everything_of(OTHER_COMPANY) == before


def test_a_session_is_good_in_its_own_company_only(client: FlaskClient, victim: Person) -> None:
    """The same person in two companies: each session shows its own company's figures."""
    twin = sign_in(client, "biz_3", victim.user_id)

    assert twin.data("/users/me/profile")["lifetime_xp"] == 0
    assert victim.data("/users/me/profile")["lifetime_xp"] > 0
    assert twin.data("/company")["id"] == "biz_3"
    assert twin.get(f"/users/{victim.member_id}").status_code == 404


def everything_of(company_id: str) -> dict[str, Any]:
    """Every row of a company, table by table."""
    tables = rows(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE a.attname = 'company_id' AND c.relkind = 'r' "
        "  AND c.relnamespace = 'public'::regnamespace"
    )
    return {
        table: rows(
            f"SELECT to_jsonb(t) FROM {table} t WHERE company_id = %s ORDER BY to_jsonb(t)::text",
            company_id,
        )
        for (table,) in tables
        if table != "board_outbox"  # emptied by the sender of whoever wrote it
    }
