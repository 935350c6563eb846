"""What the twin's tests hold in their hands: a door that remembers, and a running twin."""

import threading
from dataclasses import dataclass, field

from flask import Flask

from settings import Settings

SECRET = "ws_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
API_KEY = "apik_of_the_test"


@dataclass
class Heard:
    """One request the door got."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Door:
    """`answers` are used up one by one (status, body, headers); then everything is accepted."""

    url: str = ""
    heard: list[Heard] = field(default_factory=list)
    answers: list[tuple[int, bytes, dict[str, str]]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ids(self) -> list[str]:
        return [request.headers["webhook-id"] for request in self.heard]


@dataclass
class RunningTwin:
    url: str
    settings: Settings
    app: Flask

    @property
    def api(self) -> str:
        return f"{self.url}/api/v1"
