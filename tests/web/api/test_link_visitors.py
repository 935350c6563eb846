"""Who counts as a visitor: persons, once a day, whatever is rotated; no robots, no owner."""

from __future__ import annotations

import base64

import pytest
from flask.testing import FlaskClient

from game.rules.codes import canonical
from game.services.referrals import links, visitors
from models.session import WORKER, transaction
from settings import DEV_ENCRYPTION_KEY
from tests.conftest import forget_settings
from tests.support.company_life import Person, code_of, rows, sign_in
from tests.web.api.conftest import COMPANY
from tests.web.api.test_links import PAGE, reference, visit

NEW_KEY = "new:" + base64.b64encode(bytes(range(32))).decode()
ROBOTS = [
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Twitterbot/1.0",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "WhatsApp/2.23.20.0",
    "TelegramBot (like TwitterBot)",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; +http://www.linkedin.com)",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Bluesky Cardyb/1.1; +mailto:support@bsky.app",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/140.0 Safari/537.36",
    "SomeNew Link Preview/1.0",
    "a" * 400 + " nobodyknowsbot/1.0",
    "curl/8.4.0",
]
PERSONS = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) Mobile/15E148 Instagram 300.0.0.0",
    "Mozilla/5.0 (Linux; Android 13; CUBOT X50) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
    "",
]
AHEAD = [
    {"Sec-Purpose": "prefetch;prerender"},
    {"Purpose": "Prefetch"},
    {"X-Moz": "prefetch"},
    {"X-Purpose": "preview"},
]


@pytest.fixture
def code(hero: Person) -> str:
    return code_of(hero)


def clicks() -> int:
    return int(rows("SELECT count(*) FROM click")[0][0])


@pytest.mark.parametrize("agent", ROBOTS)
def test_a_robot_is_sent_on_and_counts_nowhere(client: FlaskClient, code: str, agent: str) -> None:
    answer = visit(client, code, agent)

    assert (answer.status_code, reference(answer)) == (302, code)
    assert clicks() == 0


@pytest.mark.parametrize("agent", PERSONS)
def test_a_person_counts_whatever_they_browse_with(
    client: FlaskClient, code: str, agent: str
) -> None:
    visit(client, code, agent)

    assert clicks() == 1


@pytest.mark.parametrize("headers", AHEAD)
def test_what_a_browser_fetches_ahead_counts_nowhere(
    client: FlaskClient, code: str, headers: dict[str, str]
) -> None:
    assert visit(client, code, **headers).status_code == 302
    assert client.head(f"/r/{code}").status_code == 302
    assert clicks() == 0


def test_the_longest_agent_costs_no_more_than_a_long_one(client: FlaskClient, code: str) -> None:
    for agent in ("http" * 2_000, "-" * 8_000, "bo" * 4_000, "1." * 4_000):
        assert visit(client, code, agent).status_code == 302


def test_one_visitor_stays_one_when_secrets_are_rotated(
    client: FlaskClient, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit(client, code)
    monkeypatch.setenv("SESSION_SECRETS", "another-secret-of-at-least-32-characters!")
    forget_settings()
    visit(client, code)

    assert len(rows("SELECT DISTINCT visitor FROM click")) == 1
    assert rows("SELECT count(*) FROM member_fact WHERE kind = 'click'") == [(1,)]


def test_one_visitor_stays_one_when_the_sealing_key_is_rotated(
    client: FlaskClient, hero: Person, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit(client, code)
    old = rows("SELECT visitor_key FROM company")
    monkeypatch.setenv("ENCRYPTION_KEYS", f"{NEW_KEY},{DEV_ENCRYPTION_KEY}")
    forget_settings()
    visit(client, code)
    visitors.note_member(COMPANY, hero.member_id, "203.0.113.7", "another")
    new = rows("SELECT visitor_key FROM company")
    monkeypatch.setenv("ENCRYPTION_KEYS", NEW_KEY)
    forget_settings()
    visit(client, code)

    assert len(rows("SELECT DISTINCT visitor FROM click")) == 1
    assert old != new


def test_the_key_of_a_company_is_stored_sealed(client: FlaskClient, code: str) -> None:
    visit(client, code)

    [(sealed,)] = rows("SELECT visitor_key FROM company")
    assert len(bytes(sealed)) > 32 + 12 + 16
    first = visitors.visitor_of(COMPANY, bytes(sealed), "203.0.113.7", "Firefox")
    assert first == visitors.visitor_of(COMPANY, b"", "203.0.113.7", "Firefox")
    with transaction(WORKER) as tx:
        tx.run("UPDATE company SET visitor_key = '\\x0103646576' WHERE company_id = %s", (COMPANY,))
    assert visitors.visitor_of(COMPANY, b"broken", "203.0.113.7", "Firefox") != first


@pytest.mark.parametrize("letters", ["ı", "ſ", "ß", "K", "Å"])
def test_letters_that_only_unicode_makes_capitals_of_are_no_code(
    client: FlaskClient, code: str, letters: str
) -> None:
    assert canonical(letters) == letters
    for typed in (letters * 8, letters + code[1:], code.lower()[:-1] + letters):
        answer = visit(client, typed)
        assert answer.headers["Location"] == links.WHOP
    assert clicks() == 0


def test_the_owner_is_offered_no_link_and_hears_why(client: FlaskClient) -> None:
    owner = sign_in(client, COMPANY, "user_owner")
    made_before = code_of(owner)
    with transaction(WORKER) as tx:
        tx.run("UPDATE company SET owner_user_id = 'user_owner'")

    answer = owner.post("/referrals/generate")

    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["error"]["code"] == "creator_earns_nothing"
    assert owner.data("/referrals/stats")["link"] is None
    assert visit(client, made_before).headers["Location"].startswith(PAGE)


def test_a_creator_is_refused_a_link_and_others_of_the_team_are_not(client: FlaskClient) -> None:
    creator = sign_in(client, COMPANY, "user_creator", "creator")

    assert creator.post("/referrals/generate").status_code == 409
    assert creator.data("/referrals/stats")["link"] is None
    for role in ("moderator", "member"):
        assert code_of(sign_in(client, COMPANY, f"user_{role}", role))
