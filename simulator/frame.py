"""Whop's iframe proxy: hands every request of a signed-in visitor to the app, with their token.

Like the real one it replaces any user token the browser tries to bring along.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
from flask import Response, current_app, request

from simulator.tokens import TokenMint

COOKIE = "whop_twin_user"
TOKEN_HEADER = "x-whop-user-token"  # noqa: S105 - a header's name
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
NOT_FORWARDED = HOP_BY_HOP | {"host", "cookie", "content-length", TOKEN_HEADER}
CHUNK_BYTES = 64 * 1024


def new_client() -> httpx.Client:
    """No read limit: an event stream may be silent for long."""
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=20)
    timeout = httpx.Timeout(10, read=None)
    return httpx.Client(timeout=timeout, limits=limits, follow_redirects=False, trust_env=False)


def visitor() -> str:
    """The Whop user this browser is signed in as; empty for a stranger."""
    return request.cookies.get(COOKIE, "")


def forward() -> Response:
    """Send the request on to the app and stream its answer back."""
    client: httpx.Client = current_app.extensions["frame_client"]
    url = str(current_app.config["PUBLIC_URL"]) + request.full_path.removesuffix("?")
    has_body = bool(request.content_length) or "Transfer-Encoding" in request.headers
    body = _chunks() if has_body else None
    outgoing = client.build_request(request.method, url, headers=_headers(), content=body)
    try:
        answer = client.send(outgoing, stream=True)
    except httpx.HTTPError:
        return Response("The app does not answer.\n", 502, mimetype="text/plain")
    kept = [(k, v) for k, v in answer.headers.multi_items() if k.lower() not in HOP_BY_HOP]
    response = Response(_stream(answer), answer.status_code, kept, direct_passthrough=True)
    response.call_on_close(answer.close)
    return response


def _headers() -> list[tuple[str, str]]:
    """The browser's headers without hop-by-hop ones and ours, with the visitor's token."""
    kept = [(k, v) for k, v in request.headers.items() if k.lower() not in NOT_FORWARDED]
    connection = request.headers.get("Connection", "").lower()
    named = {word.strip() for word in connection.split(",")}
    kept = [(k, v) for k, v in kept if k.lower() not in named]
    cookies = "; ".join(f"{k}={v}" for k, v in request.cookies.items() if k != COOKIE)
    if cookies:
        kept.append(("cookie", cookies))
    if request.content_length:
        kept.append(("content-length", str(request.content_length)))
    if user_id := visitor():
        mint: TokenMint = current_app.extensions["mint"]
        app_id = str(current_app.config["WHOP_APP_ID"])
        kept.append((TOKEN_HEADER, mint.mint(user_id, app_id, datetime.now(UTC))))
    kept.append(("x-forwarded-for", request.remote_addr or ""))
    return kept


def _chunks() -> Iterator[bytes]:
    while chunk := request.stream.read(CHUNK_BYTES):
        yield chunk


def _stream(answer: httpx.Response) -> Iterator[bytes]:
    try:
        yield from answer.iter_raw()
    finally:
        answer.close()
