"""One payment all the way: signed webhook, door, worker, relay, and the member's open socket."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from cli.token import open_session
from game.services.members.sessions import issue
from settings import Settings
from tests.rules.making import event, iso, money, native_refund
from tests.support.relays import Browser, Relay, open_socket, running_relay
from tests.support.settling import COMPANY, differences
from tests.support.telling import payment_data
from tests.support.waiting import eventually
from tests.support.web import RunningWeb, running_web
from tests.support.workers import legends

pytestmark = pytest.mark.timeout(300)
USER, BUYER = "user_hero", "user_buyer"


@dataclass
class Member:
    """Somebody with the app open: an API session and a socket, and all frames that came."""

    web: RunningWeb
    token: str
    frames: list[dict[str, Any]] = field(default_factory=list)
    socket: Browser | None = None

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The data of an API answer, which must be a success."""
        answer = httpx.request(
            method,
            f"{self.web.url}/api/v1{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.token}"},
            trust_env=False,
            timeout=20,
        )
        assert answer.is_success, answer.text
        return answer.json()["data"]

    def open_app(self, relay: Relay) -> None:
        """Connect the socket as the page does: ticket by the API, then the relay."""
        self.socket = open_socket(relay, self.ask("POST", "/websocket", {})["ticket"], "&after=0")
        assert self.socket.read() is not None

    def hears(self, kind: str, seconds: float = 30.0) -> dict[str, Any]:
        """Read frames until one of this kind came; its data."""
        assert self.socket is not None
        while (frame := self.socket.read(seconds)) is not None:
            self.frames.append(frame)
            if frame["type"] == kind:
                data: dict[str, Any] = frame["data"]
                return data
        raise AssertionError(f"no {kind}, only {[frame['type'] for frame in self.frames]}")

    def hears_nothing(self, seconds: float) -> bool:
        """True when no numbered frame comes in this time."""
        assert self.socket is not None
        before = len(self.socket.seen)
        while self.socket.read(seconds) is not None:
            pass
        return len(self.socket.seen) == before

    def numbers(self) -> list[int]:
        assert self.socket is not None
        return self.socket.seen

    def profile(self) -> Any:
        return self.ask("GET", "/users/me/profile")


@pytest.fixture
def member(settings: Settings, tmp_path: Path) -> Iterator[Member]:
    """A member of a fresh company, in front of a real web, worker, poller and relay."""
    with ExitStack() as parts:
        web = parts.enter_context(running_web(tmp_path, {}))
        relay = parts.enter_context(running_relay(tmp_path))
        worker = parts.enter_context(legends(tmp_path / "worker", "worker"))
        parts.enter_context(legends(tmp_path / "poll", "poll"))
        assert eventually(lambda: "ready." in worker.said(), 60), worker.said()
        session = issue(open_session(COMPANY, USER, "member", datetime.now(UTC)))
        member = Member(web, session.token)
        member.open_app(relay)
        yield member


def test_one_payment_reaches_the_members_screen_once_and_to_the_cent(member: Member) -> None:
    code = member.ask("POST", "/referrals/generate", {})["code"]
    paid_at = datetime.now(UTC) - timedelta(seconds=5)
    paid = body("msg_1", "payment.succeeded", payment_data("pay_1", BUYER, paid_at, ref=code))

    accepted = member.web.deliver("msg_1", paid)
    told = member.hears("referral_completed")
    member.hears("level_up")

    assert (accepted.status, accepted.outcome) == (202, "accepted")
    assert (told["commission_minor"], told["currency"], told["xp"]) == (441, "usd", 188)
    shown = member.profile()
    # Worked example 1, and fifty for the badge of the first conversion.
    assert shown["lifetime_xp"] == 188 + 50
    assert (shown["level"], shown["total_referrals"]) == (2, 1)
    assert money_of(shown) == {"earned_minor": 441, "pending_minor": 441}

    # The same delivery again, and the same fact under another id: nobody is paid or told twice.
    second = member.web.deliver("msg_1", paid)
    other = json.dumps(json.loads(paid) | {"id": "msg_2"}).encode()
    third = member.web.deliver("msg_2", other)
    assert [second.outcome, third.outcome] == ["duplicate", "accepted"]
    assert member.hears_nothing(3)
    assert money_of(member.profile()) == {"earned_minor": 441, "pending_minor": 441}

    # All of it back: the figures return to nothing, the member is told, the badge stays.
    refunded = native_refund(
        payment_id="pay_1",
        amount=money("46.56"),
        created_at=iso(datetime.now(UTC)),
        updated_at=iso(datetime.now(UTC)),
    )
    member.web.deliver("msg_3", body("msg_3", "refund.updated", refunded))
    taken = member.hears("referral_reversed")

    assert (taken["commission_minor"], taken["xp"]) == (441, 188)
    shown = member.profile()
    assert money_of(shown) == {}
    assert (shown["lifetime_xp"], shown["total_referrals"]) == (50, 0)

    # What came through the socket is what the list holds: each number once, without a hole.
    listed = member.ask("GET", "/notifications?after=0&limit=100")
    numbers = [notice["id"] for notice in listed["notices"]]
    assert member.numbers() == numbers == list(range(1, len(numbers) + 1))
    assert differences(datetime.now(UTC)) == []


def body(webhook_id: str, kind: str, data: dict[str, Any]) -> bytes:
    """A delivery as Whop writes it."""
    now = iso(datetime.now(UTC))
    return json.dumps(event(kind, data, id=webhook_id, account_id=COMPANY, timestamp=now)).encode()


def money_of(shown: dict[str, Any]) -> dict[str, int]:
    """The amounts of a profile that are not zero."""
    amounts: dict[str, int] = {}
    for purse in shown["commission"]:
        amounts |= {name: value for name, value in purse.items() if name.endswith("_minor")}
    return {name: value for name, value in amounts.items() if value}
