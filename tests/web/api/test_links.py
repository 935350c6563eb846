"""A shared link brings its visitor on, whatever happens, and counts each visitor once a day."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from game.services.referrals import links
from models import session
from models.session import WORKER, transaction
from settings import Settings
from tests.support.company_life import Person, code_of, pay, rows, settle, sign_in
from tests.web.api.conftest import COMPANY

PAGE = "https://whop.com/biz_1/"


@pytest.fixture
def code(hero: Person) -> str:
    return code_of(hero)


def visit(client: FlaskClient, code: str, browser: str = "Firefox", **headers: str) -> TestResponse:
    return client.get(f"/r/{code}", headers={"User-Agent": browser, **headers})


def reference(answer: TestResponse) -> str:
    return parse_qs(urlsplit(answer.headers["Location"]).query)["wl_ref"][0]


def test_a_visitor_is_sent_to_the_company_with_a_word_for_the_checkout(
    client: FlaskClient, code: str
) -> None:
    answer = visit(client, code)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(PAGE)
    assert reference(answer).startswith("ck_")
    assert len(reference(answer)) == 25
    assert answer.headers["Cache-Control"] == "no-store"
    assert rows("SELECT token, code FROM click") == [(reference(answer), code)]


def test_a_payment_with_that_word_credits_the_member(
    client: FlaskClient, hero: Person, code: str
) -> None:
    token = reference(visit(client, code))

    pay(COMPANY, "user_buyer", token)
    settle()

    [referral] = hero.data("/referrals")
    assert (referral["state"], referral["source"]) == ("completed", "click")


def test_a_visitor_counts_once_a_day_and_another_one_again(
    client: FlaskClient, hero: Person, code: str
) -> None:
    for browser in ("Firefox", "Firefox", "Chrome"):
        visit(client, code, browser)
    settle()

    assert rows("SELECT count(*) FROM click") == [(3,)]
    assert rows("SELECT count(*) FROM member_fact WHERE kind = 'click'") == [(2,)]
    assert hero.data("/referrals/stats")["clicks"] == 2


def test_what_is_stored_of_a_visitor_names_nobody(client: FlaskClient, code: str) -> None:
    visit(client, code, "A very particular browser")

    [(visitor, key)] = rows(
        "SELECT c.visitor, f.key FROM click c JOIN member_fact f USING (member_id)"
    )
    assert len(visitor) == 32
    assert key.endswith(f":{visitor}")
    assert "127.0.0.1" not in key
    assert "particular" not in key


def test_a_code_in_small_letters_is_the_same(client: FlaskClient, code: str) -> None:
    assert visit(client, code.lower()).headers["Location"].startswith(PAGE)
    assert rows("SELECT code FROM click") == [(code,)]


def test_looks_without_a_person_are_not_counted(client: FlaskClient, code: str) -> None:
    client.head(f"/r/{code}")
    answer = visit(client, code, **{"Sec-Purpose": "prefetch;prerender"})

    assert reference(answer) == code
    assert rows("SELECT count(*) FROM click") == [(0,)]


def test_somebody_signed_in_is_sent_on_uncounted(
    client: FlaskClient, hero: Person, code: str
) -> None:
    answer = visit(client, code, Authorization=f"Bearer {hero.token}")

    assert answer.status_code == 302
    assert rows("SELECT count(*) FROM click") == [(0,)]


def test_an_expired_code_leads_to_its_company_without_credit(
    client: FlaskClient, code: str
) -> None:
    with transaction(WORKER) as tx:
        tx.run("UPDATE referral_code SET expires_at = now() - interval '1 second'")

    answer = visit(client, code)

    assert answer.headers["Location"] == PAGE
    assert rows("SELECT count(*) FROM click") == [(0,)]


def test_an_unknown_code_leads_to_whop(client: FlaskClient, code: str) -> None:
    for unknown in ["ZZZZZZZZ", "short", "x" * 300, "%00%00%00%00", "ÄÖÜ", "' OR 1"]:
        answer = client.get(f"/r/{unknown}")

        assert answer.status_code == 302, unknown
        assert answer.headers["Location"] == "https://whop.com"


def test_the_page_a_company_named_keeps_its_own_query(client: FlaskClient, code: str) -> None:
    with transaction(WORKER) as tx:
        tx.run("UPDATE company SET page_url = 'https://whop.com/traders/pro?a=1&wl_ref=old#top'")

    place = urlsplit(visit(client, code).headers["Location"])

    assert (place.path, place.fragment) == ("/traders/pro", "top")
    assert parse_qs(place.query)["a"] == ["1"]
    assert parse_qs(place.query)["wl_ref"][0].startswith("ck_")


def test_clicks_beyond_the_limit_are_sent_on_but_not_stored(client: FlaskClient, code: str) -> None:
    answers = [visit(client, code) for _ in range(62)]

    assert {answer.status_code for answer in answers} == {302}
    assert reference(answers[-1]) == code
    assert rows("SELECT count(*) FROM click") == [(60,)]


def test_without_postgres_a_known_link_still_leads_home_with_its_code(
    client: FlaskClient, code: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit(client, code)
    take_postgres_away(settings, monkeypatch)

    known, unknown = visit(client, code), visit(client, "ABCDEFGH")

    assert known.headers["Location"] == f"{PAGE}?wl_ref={code}"
    assert unknown.headers["Location"] == "https://whop.com"


def test_the_older_company_keeps_a_code_that_two_have(client: FlaskClient, code: str) -> None:
    other = sign_in(client, "biz_9", "user_other")
    with transaction(WORKER) as tx:
        tx.run(
            "INSERT INTO referral_code (company_id, code, member_id, created_at) "
            "VALUES ('biz_9', %s, %s, now() + interval '1 hour')",
            (code, other.member_id),
        )

    assert visit(client, code).headers["Location"].startswith(PAGE)


def test_the_code_alone_finds_its_row_by_an_index(code: str) -> None:
    with transaction(WORKER) as tx:
        tx.run("SET LOCAL enable_seqscan = off")
        plan = tx.rows(
            "EXPLAIN SELECT company_id FROM referral_code WHERE code = %s "
            "ORDER BY created_at LIMIT 1",
            (code,),
        )

    assert "ix_referral_code_code" in str(plan)


def test_a_visitor_of_two_companies_has_two_hashes(settings: Settings) -> None:
    hashes = {links.visitor_of(company, "203.0.113.7", "Firefox") for company in ("biz_1", "biz_2")}

    assert len(hashes) == 2


def take_postgres_away(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point the process at a port where nothing listens."""
    import settings as settings_module  # noqa: PLC0415 - the fixture has the same name

    address = urlsplit(settings.database_url)
    nowhere = settings.database_url.replace(f":{address.port}/", ":9/")
    monkeypatch.setenv("DATABASE_URL", nowhere)
    session.engine().dispose()
    session.engine.cache_clear()
    settings_module.current.cache_clear()
