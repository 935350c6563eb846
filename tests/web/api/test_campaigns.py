"""Several links a member, campaigns, how links are followed, and how far people got."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

import settings as settings_module
from models.session import WORKER, transaction
from tests.support.company_life import Person, code_of, pay, rows, settle, sign_in
from tests.web.api.conftest import COMPANY
from web.app import create_app

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Mobile/15E148 Safari/604.1"
DESK = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def make(person: Person, path: str, body: dict[str, Any]) -> Any:
    answer = person.post(path, body)
    assert answer.status_code == 200, answer.json
    assert answer.json is not None
    return answer.json["data"]


def refused(person: Person, path: str, body: dict[str, Any]) -> str:
    answer = person.post(path, body)
    assert answer.json is not None
    return str(answer.json["error"]["code"])


def follow(client: FlaskClient, code: str, browser: str = DESK, **query: str) -> str:
    answer = client.get(f"/r/{code}", query_string=query, headers={"User-Agent": browser})
    return answer.headers["Location"]


def test_the_same_name_and_campaign_is_the_same_link_and_none_the_main_one(hero: Person) -> None:
    spring = make(hero, "/referrals/campaigns", {"name": " Spring\u202e "})
    main = code_of(hero)

    named = [make(hero, "/referrals/generate", {"name": "TikTok"})["code"] for _ in range(2)]
    inside = make(hero, "/referrals/generate", {"name": "TikTok", "campaign_id": spring["id"]})

    assert spring["name"] == "Spring"
    assert make(hero, "/referrals/campaigns", {"name": "Spring"}) == spring
    assert len({main, *named, inside["code"]}) == 3
    assert code_of(hero) == main
    assert [one["link"]["code"] for one in hero.data("/referrals/links")] == [
        inside["code"], named[0], main
    ]  # fmt: skip


def test_campaigns_of_the_company_are_open_to_all_and_others_own_to_nobody(
    client: FlaskClient, hero: Person, stranger: Person
) -> None:
    creator = sign_in(client, COMPANY, "user_creator", "creator")
    other = sign_in(client, COMPANY, "user_other")
    shared = make(creator, "/referrals/campaigns", {"name": "Black Friday"})
    private = make(other, "/referrals/campaigns", {"name": "Mine"})

    make(hero, "/referrals/generate", {"campaign_id": shared["id"]})

    assert refused(hero, "/referrals/generate", {"campaign_id": private["id"]}) == "not_found"
    assert refused(stranger, "/referrals/generate", {"campaign_id": shared["id"]}) == "not_found"
    assert refused(hero, "/referrals/generate", {"campaign_id": "x"}) == "validation_failed"
    seen = hero.data("/referrals/campaigns")["campaigns"]
    assert [(one["campaign"]["name"], one["links"]) for one in seen] == [("Black Friday", 1)]
    assert stranger.data("/referrals/campaigns")["campaigns"] == []


def test_fifty_links_are_as_many_as_there_can_be(hero: Person) -> None:
    code_of(hero)
    with transaction(WORKER) as tx:
        tx.run(
            "INSERT INTO referral_code (company_id, code, member_id, created_at, name) "
            "SELECT %s, 'LINK' || n, %s, now(), n::text FROM generate_series(1, 49) n",
            (COMPANY, hero.member_id),
        )

    assert refused(hero, "/referrals/generate", {"name": "One more"}) == "too_many_links"
    assert make(hero, "/referrals/generate", {"name": "7"})["code"] == "LINK7"
    code_of(hero)


def test_a_click_keeps_device_words_and_whether_a_checkout_was_shown(
    client: FlaskClient, hero: Person
) -> None:
    code = code_of(hero)
    follow(client, code, PHONE, utm_source="tiktok", utm_campaign="spring", wl="x")
    with transaction(WORKER) as tx:
        tx.run("UPDATE referral_code SET purchase_url = 'https://whop.com/checkout/plan_1?s=1'")
    client.get(f"/r/{code}", headers={"User-Agent": DESK, "CF-IPCountry": "DE"})

    assert rows("SELECT device, country, utm, to_checkout FROM click ORDER BY at") == [
        ("phone", "", {"source": "tiktok", "campaign": "spring"}, False),
        ("desktop", "", {}, True),
    ]
    visits = hero.data(f"/referrals/links/{code.lower()}/visits")
    assert visits["devices"] == [{"name": "desktop", "clicks": 1}, {"name": "phone", "clicks": 1}]
    assert {"name": "tiktok", "clicks": 1} in visits["sources"]


def test_a_country_is_believed_only_from_a_proxy_of_ours(
    hero: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = code_of(hero)
    monkeypatch.setenv("TRUSTED_PROXIES", "1")
    settings_module.current.cache_clear()
    client = create_app().test_client()

    client.get(f"/r/{code}", headers={"User-Agent": DESK, "CF-IPCountry": "DE"})

    assert rows("SELECT country FROM click") == [("DE",)]


def test_the_funnel_counts_each_step_by_link_and_by_campaign(
    client: FlaskClient, hero: Person
) -> None:
    creator = sign_in(client, COMPANY, "user_creator", "creator")
    shared = make(creator, "/referrals/campaigns", {"name": "Launch"})
    code = make(hero, "/referrals/generate", {"campaign_id": shared["id"]})["code"]
    other = code_of(hero)
    token = follow(client, code).split("wl_ref=")[1]
    follow(client, code)
    follow(client, code, PHONE)
    now = datetime.now(UTC)
    pay(COMPANY, "user_a", token, at=now - timedelta(minutes=9))
    pay(COMPANY, "user_a", "", at=now - timedelta(minutes=8), billing_reason="subscription_cycle")
    pay(COMPANY, "user_b", code.lower(), at=now - timedelta(minutes=7))
    pay(COMPANY, "user_c", other, at=now - timedelta(minutes=6))
    settle()

    by_code = {one["link"]["code"]: one["funnel"] for one in hero.data("/referrals/links")}
    [campaign] = creator.data("/referrals/campaigns")["campaigns"]

    assert by_code[code] == campaign["funnel"] == {
        "clicks": 3, "visitors": 2, "checkouts": 0, "referrals": 2, "conversions": 2,
        "renewals": 1, "earned": [{"amount_minor": 1323, "currency": "usd", "exponent": 2}],
    }  # fmt: skip
    assert by_code[other]["referrals"] == 1
    assert campaign["links"] == 1


def test_track_counts_a_click_without_a_session_and_its_token_credits(
    client: FlaskClient, hero: Person
) -> None:
    code = code_of(hero)
    body = {"code": code.lower(), "utm": {"source": "blog"}}
    answer = client.post("/api/v1/referrals/track", json=body, headers={"User-Agent": DESK})
    unknown = client.post(
        "/api/v1/referrals/track", json={"code": "NOBODYS2"}, headers={"User-Agent": DESK}
    )
    robot = client.post("/api/v1/referrals/track", json=body, headers={"User-Agent": "curl/8"})

    assert answer.status_code == 200
    assert answer.json is not None
    pay(COMPANY, "user_a", answer.json["data"]["token"])
    settle()
    assert rows("SELECT buyer_id, source FROM referral") == [("user_a", "click")]
    assert rows("SELECT utm FROM click") == [({"source": "blog"},)]
    for silent in (unknown, robot):
        assert silent.json is not None
        assert silent.json["data"] == {"token": None}
    wrong = client.post("/api/v1/referrals/track", json={"code": code, "utm": {"x": "y"}})
    assert wrong.status_code == 422


def test_without_a_key_the_members_affiliate_link_stands_in(
    client: FlaskClient, hero: Person
) -> None:
    with transaction(WORKER) as tx:
        tx.run("UPDATE member SET username = 'nova' WHERE id = %s", (hero.member_id,))

    way = follow(client, code_of(hero))

    assert way.startswith("https://whop.com/biz_1/?wl_ref=ck_")
    assert way.endswith("&a=nova")
    with transaction(WORKER) as tx:
        tx.run("UPDATE company SET page_url = 'https://example.com/join'")
    assert "a=nova" not in follow(client, code_of(hero), PHONE)


def test_credit_by_hand_ties_and_appeals_over_the_api(
    client: FlaskClient, hero: Person, stranger: Person
) -> None:
    creator = sign_in(client, COMPANY, "user_creator", "creator")
    pay(COMPANY, "user_buyer", "", promo_code_id="promo_1")
    settle()

    made = make(hero, "/referrals/buyer/appeal", {"text": "I told them about it."})
    review = {"appeal_id": made["id"], "decision": "granted", "answer": "Yes."}
    assert refused(creator, "/referrals/user_nobody/review", review) == "nothing_to_credit"
    assert make(creator, "/referrals/user_buyer/review", review)["state"] == "granted"
    tie = {"promo_code_id": "promo_2", "code": "NOVA10", "user_id": "user_hero"}
    make(creator, "/referrals/promo-codes", tie)

    assert [one["state"] for one in hero.data("/referrals/appeals")] == ["granted"]
    assert [one["code"] for one in hero.data("/referrals/promo-codes")["ties"]] == ["NOVA10"]
    [shown] = creator.data("/referrals/credited", search="buyer")
    assert (shown["buyer_id"], shown["source"]) == ("user_buyer", "manual")
    assert creator.data("/referrals/user_buyer/journal")["referrer"]["user_id"] == "user_hero"
    assert creator._ask("DELETE", "/referrals/promo-codes/promo_2").status_code == 200
    assert hero.data("/referrals/promo-codes")["ties"] == []
    credit = {"buyer_id": "user_buyer", "referrer_id": None, "reason": "A mistake."}
    assert make(creator, "/referrals", credit)["referrer_id"] == ""
    assert stranger.data("/referrals/appeals") == []
