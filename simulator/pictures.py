"""Pictures of the twin's people, drawn here: a demo needs no network to show a face."""

from __future__ import annotations

from hashlib import sha256
from html import escape
from http import HTTPStatus

from flask import Blueprint, Response, current_app

from simulator.store import Store

PICTURES = "_twin/pictures"
"""Below the twin's root, where the frame hands nothing on to the app."""
MOST_INITIALS = 2
SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96">
<linearGradient id="ground" x2="1" y2="1"><stop stop-color="hsl({hue} 62% 52%)"/>
<stop offset="1" stop-color="hsl({next_hue} 66% 34%)"/></linearGradient>
<rect width="96" height="96" fill="url(#ground)"/>
<text x="48" y="61" fill="#fff" font-family="system-ui,sans-serif" font-size="36"
 font-weight="600" text-anchor="middle">{initials}</text></svg>
"""

pictures = Blueprint("pictures", __name__, url_prefix=f"/{PICTURES}")


@pictures.get("/<user_id>.svg")
def picture(user_id: str) -> Response:
    """A person's initials on a ground of their own colour; 404 for nobody."""
    store: Store = current_app.extensions["store"]
    person = store.user(user_id)
    if person is None:
        return Response("Nobody.\n", HTTPStatus.NOT_FOUND, mimetype="text/plain")
    response = Response(drawn(person.id, str(person.flat["name"])), mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def drawn(user_id: str, name: str) -> str:
    """The same picture for the same person, wherever it is drawn."""
    hue = int.from_bytes(sha256(user_id.encode()).digest()[:2]) % 360
    initials = "".join(word[0] for word in name.split()[:MOST_INITIALS]).upper()
    return SVG.format(hue=hue, next_hue=(hue + 40) % 360, initials=escape(initials))
