"""Twin and product meet: tokens, questions to Whop, and signed webhooks at the real door."""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import psycopg2
import pytest

import settings as settings_module
from game.rules.refusals import Refusal
from game.services.members import sign_in
from game.services.settlement.drain import drain
from game.services.whop import api, tokens
from settings import Settings
from simulator.chaos import chaos
from simulator.facts import Sale
from simulator.sender import Sender
from simulator.server import create_twin
from simulator.tokens import TokenMint
from simulator.world import World
from tests.simulator.support import running_app
from web.app import create_app


@pytest.fixture
def introduced(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """The product's settings with a running twin for a Whop."""
    monkeypatch.setenv("WHOP_API_KEY", "apik_between_us")
    monkeypatch.setenv("OPERATORS", "user_demo_operator")
    settings_module.current.cache_clear()
    with running_app(create_twin(settings_module.current())) as url:
        monkeypatch.setenv("WHOP_API_URL", f"{url}/api/v1")
        monkeypatch.setenv("WHOP_JWKS_URL", f"{url}/.well-known/jwks.json")
        settings_module.current.cache_clear()
        yield settings_module.current()
    settings_module.current.cache_clear()


def test_a_token_of_the_twin_opens_the_products_door_as_the_right_person(
    introduced: Settings,
) -> None:
    now = datetime.now(UTC)
    mint = TokenMint(introduced.home)

    def enter(user_id: str) -> sign_in.SignedIn:
        return sign_in.sign_in(mint.mint(user_id, introduced.whop_app_id, now), "exp_demo", now)

    hero, creator, operator = (enter(f"user_demo_{who}") for who in ("hero", "creator", "operator"))
    assert (hero.session.company_id, hero.session.role) == ("biz_demo", "member")
    assert hero.company_title == "Guild of Traders"
    assert creator.session.role == "creator"
    assert (operator.session.role, operator.session.member_id) == ("admin", 0)
    with pytest.raises(Refusal, match="no access"):
        enter("user_nobody")
    with pytest.raises(Refusal):
        tokens.verify(mint.mint("user_demo_hero", "app_of_somebody_else", now), now)


def test_the_products_questions_are_answered(introduced: Settings) -> None:
    assert introduced.whop_api_key
    assert api.access("user_demo_hero", "exp_demo") == "customer"
    assert api.access("user_demo_creator", "biz_demo") == "admin"
    assert api.access("user_nobody", "biz_demo") == "no_access"
    assert api.company_of_experience("exp_demo") == "biz_demo"
    assert api.account("biz_demo").owner_id == "user_demo_creator"
    assert api.user("user_demo_hero").username == "demo_hero"


def test_every_delivery_of_a_shuffled_doubled_stream_is_stored_once(settings: Settings) -> None:
    events = World(9, "biz_door", [("user_a", "AAAA2222")]).events(250)
    rng = Random(9)
    mixed = chaos(events, rng, duplicates=0.3, shuffle=1)
    secret = settings.whop_webhook_secrets[0]

    with running_app(create_app()) as url, Sender(f"{url}/webhooks/whop", secret) as sender:
        for delivery in mixed:
            sender.send(delivery.webhook_id, delivery.raw)
        assert sender.drain(60)

    ids = {delivery.webhook_id for delivery in mixed}
    assert sender.outcomes == {
        "sent": len(mixed),
        "accepted": len(ids),
        "duplicate": len(mixed) - len(ids),
    }
    assert set(column(settings, "SELECT webhook_id FROM inbox")) == ids


def test_the_engine_settles_the_whole_world_and_buries_nothing(settings: Settings) -> None:
    events = World(9, "biz_door", [("user_a", "AAAA2222")]).events(600)
    mixed = chaos(events, Random(2), duplicates=0.3, shuffle=1)
    sold = {
        event.happening.fact.id
        for event in events
        if event.type == "payment.succeeded" and isinstance(event.happening.fact, Sale)
    }

    with running_app(create_app()) as url:
        sender = Sender(f"{url}/webhooks/whop", settings.whop_webhook_secrets[0])
        for delivery in mixed:
            sender.send(delivery.webhook_id, delivery.raw)
        assert sender.drain(60)
        sender.close()
    while drain(datetime.now(UTC)).more:
        pass

    assert set(column(settings, "SELECT state FROM inbox")) == {"handled", "ignored"}
    assert column(settings, "SELECT payment_id FROM payment ORDER BY 1") == sorted(sold)
    assert column(settings, "SELECT 'x' FROM dead_letter") == []


def column(settings: Settings, query: str) -> list[str]:
    """The first column of a query's rows, seen past every tenant wall."""
    connection = psycopg2.connect(settings.database_url.replace("+psycopg2", ""))
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return [row[0] for row in cursor.fetchall()]
    finally:
        connection.close()
