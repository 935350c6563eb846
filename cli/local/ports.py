"""Ports of one installation: the same as last time where they are free, each given out once.

New ones are drawn below the range from which the kernel takes ports of its own for connections: a
client that knocks at a server which is down may get that server's port as its own, and keep it.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection

from cli.local.processes import free_port
from cli.local.state import State

LOWEST, HIGHEST = 20_000, 31_999
DRAWS = 200


def claim_port(state: State, name: str, wish: int = 0, *, lasting: bool = True) -> int:
    """A port for the part, and for no other part of this installation.

    It is `wish`, else the port of last time, else a new one. A note for the operator says when it
    is another than expected. Not `lasting`: what was remembered stays while a stranger has it.
    """
    last = wish or state.port(name)
    given = {port for part, port in state.claimed.items() if part != name}
    why = trouble_with(last, given)
    if not why and not state.port(name) and name in state.ports():
        state.notes.append(f"the port remembered for {name} can be none")
    port = last if last and not why else draw_port(given | others(state, name) | {last})
    moves_for_once = not lasting and last not in given and bool(state.port(name))
    if why:
        how_long = "this time" if moves_for_once else "from now on"
        state.notes.append(f"{why}: {name} listens on {port} {how_long}")
    state.claimed[name] = port
    if not moves_for_once:
        state.remember_port(name, port)
    return port


def trouble_with(port: int, given: Collection[int]) -> str:
    """Why a part cannot have this port; empty if it can, or if it is none."""
    if port in given:
        return f"port {port} belongs to another part"
    return f"port {port} is taken" if port and free_port(port) != port else ""


def others(state: State, name: str) -> set[int]:
    """The ports that other parts had last time."""
    return {port for part, port in state.ports().items() if part != name}


def draw_port(avoid: Collection[int]) -> int:
    """A port that nobody listens on and that is none of those to avoid."""
    for _ in range(DRAWS):
        port = LOWEST + secrets.randbelow(HIGHEST - LOWEST + 1)
        if port not in avoid and free_port(port) == port:
            return port
    port = free_port()
    while port in avoid:
        port = free_port()
    return port
