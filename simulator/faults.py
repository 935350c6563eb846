"""Faults on request: the twin can be told to fail or to dawdle on a route, for drills and tests."""

from __future__ import annotations

import fnmatch
import threading
import time
from dataclasses import dataclass, replace

from flask import Blueprint, Response, current_app, jsonify, request

from simulator.api import error_body, too_many
from simulator.fragments import Json

switches = Blueprint("switches", __name__, url_prefix="/_twin")
TOO_MANY = 429


@dataclass(frozen=True)
class Fault:
    """`route` is a path pattern with `*`; `status` 0 = only slow; `times` < 0 = until cleared.

    `method` empty = every one. `after`: the work is done first, and the answer then lost or late.
    """

    route: str
    status: int = 500
    times: int = 1
    delay_ms: int = 0
    method: str = ""
    after: bool = False


class Faults:
    """The switched-on faults, consulted before every request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def take(self, path: str, method: str, *, after: bool) -> Fault | None:
        """The first fault that fits, used up by one."""
        with self._lock:
            for place, fault in enumerate(self._faults):
                is_meant = fault.after == after and fault.method in ("", method)
                if fault.times != 0 and is_meant and fnmatch.fnmatchcase(path, fault.route):
                    if fault.times > 0:
                        self._faults[place] = replace(fault, times=fault.times - 1)
                    return fault
        return None


def misbehave() -> Response | None:
    """Apply a switched-on fault to this request, if there is one."""
    return _apply(after=False)


def misbehave_after(response: Response) -> Response:
    """The same once the work is done: the answer is another, or comes late."""
    return _apply(after=True) or response


def _apply(*, after: bool) -> Response | None:
    if request.path.startswith(switches.url_prefix or ""):
        return None
    faults: Faults = current_app.extensions["faults"]
    fault = faults.take(request.path, request.method, after=after)
    if fault is None:
        return None
    time.sleep(fault.delay_ms / 1000)
    if fault.status == TOO_MANY:
        return too_many(1)
    if not fault.status:
        return None
    response = jsonify(error_body("internal_error", "The twin was told to fail."))
    response.status_code = fault.status
    return response


@switches.post("/faults")
def switch_on() -> tuple[Json, int]:
    wanted = request.get_json()
    fault = Fault(
        route=str(wanted["route"]),
        status=int(wanted.get("status", 500)),
        times=int(wanted.get("times", 1)),
        delay_ms=int(wanted.get("delay_ms", 0)),
        method=str(wanted.get("method", "")),
        after=bool(wanted.get("after", False)),
    )
    current_app.extensions["faults"].add(fault)
    return {"status": "on"}, 201


@switches.delete("/faults")
def switch_off() -> Json:
    current_app.extensions["faults"].clear()
    return {"status": "off"}
