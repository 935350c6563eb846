"""The twin's own pages: who can be played, and signing in as one of them."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, jsonify, request

from simulator.cast import DEMO_COMPANY
from simulator.catalogue import company
from simulator.frame import COOKIE
from simulator.store import Store
from simulator.tokens import TokenMint

pages = Blueprint("pages", __name__)

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Local Whop</title><style>
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }}
body {{ max-width: 40rem; margin: 3rem auto; padding: 0 1rem }}
li {{ margin: .4rem 0 }} small {{ opacity: .7 }}
</style></head><body><h1>Local Whop</h1>
<p>This stands in for whop.com on your machine. Choose whom to open the app as.</p>
<ul>{people}</ul></body></html>"""


@pages.get("/")
def home() -> Response:
    """List the people of the demo company; each link opens the app as them."""
    store: Store = current_app.extensions["store"]
    target = "/experiences/" + company(DEMO_COMPANY).experience_id
    lines = []
    for person, level in store.everyone(DEMO_COMPANY):
        link = "/open?" + urlencode({"user": person.id, "to": target})
        name = escape(str(person.flat["name"]))
        role = "team" if level == "admin" else escape(str(person.flat["username"]))
        lines.append(f'<li><a href="{escape(link)}">{name}</a> <small>{role}</small></li>')
    return Response(PAGE.format(people="".join(lines)), mimetype="text/html")


@pages.get("/open")
def sign_in() -> Response:
    """Sign this browser in as a Whop user and go to a page of the app."""
    target = request.args.get("to", "/")
    if not target.startswith("/") or target.startswith("//") or "\\" in target:
        return Response("`to` is a path of the app.\n", 400, mimetype="text/plain")
    answer = Response(status=302, headers={"Location": target})
    answer.set_cookie(COOKIE, request.args.get("user", ""), httponly=True, samesite="Lax")
    return answer


@pages.get("/.well-known/jwks.json")
def keys() -> Response:
    mint: TokenMint = current_app.extensions["mint"]
    response = jsonify(mint.jwks())
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@pages.get("/health/live")
def live() -> dict[str, str]:
    return {"status": "ok"}


def to_people() -> Response:
    """A stranger who asks for a page of the app is asked who they are first, as on whop.com."""
    return Response(status=302, headers={"Location": "/"})
