"""Is there a person behind a request? Robots, link previews and prefetching browsers say so.

The list of agents is kept by others (crawler-user-agents, renewed every month). Its expressions
are searched in the first part of the header only: what a stranger sends costs the same at any
length.
"""

from __future__ import annotations

import re

import crawleruseragents
from flask import Request

LONGEST_AGENT = 512
"""Characters looked at: the longest agent of that list has 430, and a browser's about 150."""
PURPOSES = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
LOOKING_AHEAD = ("prefetch", "prerender", "preview")
NAMED_SO = re.compile(
    r"[a-z]{2}bot\b(?<!cubot)|bot/|crawler|spider|preview|headless|renderer|\+https?://|\+mailto:",
    re.IGNORECASE,
)
"""What agents call themselves that no list has yet. A Cubot is a telephone."""


def is_robot(request: Request) -> bool:
    """True for what looks at a page without a person: by its method, its headers or its name."""
    return request.method != "GET" or is_robot_by_headers(request)


def is_robot_by_headers(request: Request) -> bool:
    """The same, whatever the method."""
    purpose = " ".join(request.headers.get(name, "")[:64] for name in PURPOSES).lower()
    if any(word in purpose for word in LOOKING_AHEAD):
        return True
    agent = request.headers.get("User-Agent", "")[:LONGEST_AGENT]
    return bool(NAMED_SO.search(agent)) or crawleruseragents.is_crawler(agent)
