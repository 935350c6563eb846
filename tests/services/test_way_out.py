"""Calls to Whop take the way the settings name, and no other."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest

import settings as settings_module
from game.services.whop.way_out import http_client, is_this_machine
from settings import Settings, UnsafeSettings, load

PATIENCE = httpx.Timeout(4.0)


class Proxy(BaseHTTPRequestHandler):
    """Answers for everybody, and says who was asked."""

    def do_GET(self) -> None:  # the server's name for it
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.path.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def proxy() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_a_proxy_of_ours_is_used_for_others_and_never_for_this_machine(
    settings: Settings, proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHOP_PROXY_URL", proxy)
    settings_module.current.cache_clear()

    with http_client("http://api.whop.invalid/v1", PATIENCE) as client:
        assert client.get("http://api.whop.invalid/v1").text == "http://api.whop.invalid/v1"
    with http_client(proxy, PATIENCE) as client:
        assert client.get(f"{proxy}/here").text == "/here"


def test_proxies_of_the_machine_are_not_used(
    settings: Settings, proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    with http_client(proxy, PATIENCE) as client:
        assert client.get(f"{proxy}/here").text == "/here"


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/a", "http://[::1]:1", "http://localhost/a"])
def test_loopback_is_this_machine(url: str) -> None:
    assert is_this_machine(url)


@pytest.mark.parametrize("url", ["https://api.whop.com", "http://10.0.0.1", "http://128.0.0.1"])
def test_others_are_not(url: str) -> None:
    assert not is_this_machine(url)


@pytest.mark.parametrize("url", ["socks5://a:1", "proxy:3128", "http://", "http://[a"])
def test_a_proxy_that_cannot_be_is_named(url: str) -> None:
    with pytest.raises(UnsafeSettings, match="WHOP_PROXY_URL must be http://host:port"):
        load({"LEGENDS_ENV": "test", "WHOP_PROXY_URL": url})
