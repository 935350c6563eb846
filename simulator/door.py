"""A demo member's way into the app: the same requests the member page makes, nothing private."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from simulator.frame import TOKEN_HEADER
from simulator.tokens import TokenMint

TIMEOUT_SECONDS = 15.0
UNAUTHORIZED = 401
NOT_YET = frozenset({404, 409, 429})


class AppRefused(Exception):
    """The app answered a call with something a demo member cannot go on with."""


@dataclass
class Visit:
    """One person in one experience, signed in when first needed and again when it expires."""

    client: httpx.Client
    mint: TokenMint
    app_id: str
    user_id: str
    experience_id: str
    _session: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def sign_in(self) -> None:
        """Go through the real door: Whop's token in, a session out."""
        token = self.mint.mint(self.user_id, self.app_id, datetime.now(UTC))
        answer = self.client.post(
            "/api/v1/auth",
            json={"experience_id": self.experience_id},
            headers={TOKEN_HEADER: token},
        )
        self._session = str(unwrap(answer)["token"])

    def call(self, method: str, path: str, body: object = None) -> httpx.Response:
        """One call with the session, renewed once if it ran out."""
        with self._lock:
            if not self._session:
                self.sign_in()
            answer = self._send(method, path, body)
            if answer.status_code == UNAUTHORIZED:
                self.sign_in()
                answer = self._send(method, path, body)
        return answer

    def _send(self, method: str, path: str, body: object) -> httpx.Response:
        headers = {"authorization": f"Bearer {self._session}"}
        return self.client.request(method, f"/api/v1{path}", json=body, headers=headers)

    def choose(self, name: str) -> None:
        """Take up a class; who already has one keeps it until the app allows a change."""
        expect(self.call("POST", "/users/me/class", {"class": name}), NOT_YET)

    def link_code(self) -> str:
        return str(unwrap(self.call("POST", "/referrals/generate", {}))["code"])

    def claim_finished_quests(self) -> int:
        """Claim what is completed; how many rewards the app gave."""
        claimed = 0
        for quest in unwrap(self.call("GET", "/quests")):
            if quest["state"] == "completed":
                answer = self.call("POST", f"/quests/{quest['id']}/complete", {})
                expect(answer, NOT_YET)
                claimed += answer.is_success
        return claimed


def new_client(public_url: str) -> httpx.Client:
    return httpx.Client(
        base_url=public_url, timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False
    )


def click(client: httpx.Client, code: str, visitor: str) -> str:
    """Follow a referral link as a new visitor; where the app sends them, empty if nowhere."""
    answer = client.get(f"/r/{code}", headers={"user-agent": f"Mozilla/5.0 (visitor {visitor})"})
    return str(answer.headers.get("location", ""))


def peek(client: httpx.Client, code: str) -> str:
    """Where a referral link leads, asked without being a visitor."""
    return str(client.head(f"/r/{code}").headers.get("location", ""))


def unwrap(answer: httpx.Response) -> Any:
    """The `data` of the app's envelope. Raise AppRefused for anything but success."""
    expect(answer, frozenset())
    return answer.json()["data"]


def expect(answer: httpx.Response, tolerated: frozenset[int]) -> None:
    if not answer.is_success and answer.status_code not in tolerated:
        asked = f"{answer.request.method} {answer.request.url.path}"
        raise AppRefused(f"{asked}: {answer.status_code} {answer.text[:200]}")
