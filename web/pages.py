"""The pages people see: the built UI under a strict content policy, or a plain word without it."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    render_template,
    request,
    send_from_directory,
)
from werkzeug.security import safe_join

import settings

pages = Blueprint("pages", __name__, template_folder="templates")

LOOPBACK = ("127.0.0.1", "localhost")
DIST = Path(__file__).parent / "ui" / "dist"
ASSETS = "assets"
"""Where the build puts what carries a hash of its content in its name."""
WHOP_HOME = "https://whop.com/"
"""Where the page leads those whom nobody vouches for, as it stands in the build."""
FORMS = {"br": ".br", "gzip": ".gz"}
"""The forms in which the build wrote each text, the smallest first."""
WHOP_FRAMES = ("https://whop.com", "https://*.whop.com")


@pages.get("/")
@pages.get("/discover")
@pages.get("/experiences/<place>")
@pages.get("/experiences/<place>/<path:screen>")
@pages.get("/dashboard/<place>")
@pages.get("/dashboard/<place>/<path:screen>")
def page(place: str = "", screen: str = "") -> Response:  # noqa: ARG001 - read by the UI
    """The UI; what it shows depends on the path, which it reads itself."""
    index = DIST / "index.html"
    if index.is_file():
        text = index.read_text("utf-8")
        response = make_response(text.replace(f'"{WHOP_HOME}"', f'"{whop_home()}"'))
    else:
        response = make_response(render_template("ui_missing.html", reason=_reason()), 503)
    response.headers["Content-Type"] = "text/html; charset=utf-8"
    response.headers["Content-Security-Policy"] = content_policy()
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.get("/ui")
def gallery() -> Response:
    """Every primitive of the UI in all its states, for those who build pages."""
    if not settings.current().is_local:
        abort(404)
    return page()


@pages.get("/static/ui/<path:name>")
def asset(name: str) -> Response:
    """A file of the build. What has a hash in its name never changes."""
    found, encoding = _best_form(name)
    response = send_from_directory(DIST, found, mimetype=mimetypes.guess_type(name)[0])
    response.vary.add("Accept-Encoding")
    if encoding:
        response.content_encoding = encoding
    is_hashed = name.startswith(f"{ASSETS}/")
    response.headers["Cache-Control"] = (
        "public, max-age=31536000, immutable" if is_hashed else "no-store"
    )
    return response


def _best_form(name: str) -> tuple[str, str]:
    """The smallest form of a file that the browser reads: its name, and its encoding or ''.

    The build wrote them beside the file. A part of a file is only ever cut out of the plain one.
    """
    for encoding, ending in () if "Range" in request.headers else FORMS.items():
        if request.accept_encodings[encoding] <= 0:
            continue
        path = safe_join(str(DIST), name + ending)
        if path is not None and Path(path).is_file():
            return name + ending, encoding
    return name, ""


@pages.get("/favicon.ico")
def favicon() -> Response:
    """The mark of the build; 404 where there is none."""
    marks = sorted((DIST / ASSETS).glob("mark-*.svg"))
    if not marks:
        abort(404)
    return send_from_directory(DIST / ASSETS, marks[0].name)


def whop_home() -> str:
    """Whop's front door; in development that of the server of this machine that plays Whop."""
    current = settings.current()
    whop = urlsplit(current.whop_api_url)
    is_played = current.is_local and whop.hostname in LOOPBACK
    return f"{whop.scheme}://{whop.netloc}/" if is_played else WHOP_HOME


def content_policy() -> str:
    """What a page may load and who may frame it: itself, the relay, and Whop."""
    relay = settings.current().relay_url
    socket = "ws" + relay.removeprefix("http")
    rules = {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'", relay, socket],
        "img-src": ["'self'", "data:", "https:", *_local_frames()],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": [*WHOP_FRAMES, *_local_frames()],
    }
    return "; ".join(f"{name} {' '.join(words)}" for name, words in rules.items())


def _local_frames() -> list[str]:
    """In development Whop is played by a server of this machine."""
    current = settings.current()
    if not current.is_local:
        return []
    return [origin for origin in current.allowed_origins if urlsplit(origin).hostname in LOOPBACK]


def _reason() -> str:
    """Why the UI was not built, as the build left word."""
    note = DIST / "reason.txt"
    return note.read_text("utf-8").strip() if note.is_file() else "It has not been built yet."
