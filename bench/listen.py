"""One live connection per referrer, as their browsers would hold it; when each frame arrived.

Run as a process: `python -m bench.listen <relay port> <file for the moments>`. It prints `ready`
once every connection stands, and writes its file when its input ends.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import websocket

from bench.crowd import COMPANY
from game.services.members import tickets
from models.session import WORKER, transaction

TIME_LIMIT_SECONDS = 10
TOLD = ("referral_completed", "commission_changed")


def connect(port: int, now: datetime) -> list[websocket.WebSocket]:
    """A connection for each member, each with a ticket of its own."""
    with transaction(WORKER) as tx:
        members = tx.rows("SELECT id, whop_user_id FROM member WHERE company_id = %s", (COMPANY,))
    found = []
    for member_id, user_id in members:
        ticket = tickets.issue(tickets.Grant(COMPANY, member_id, user_id, "", now), now)
        url = f"ws://127.0.0.1:{port}/ws?ticket={ticket.token}"
        line = websocket.create_connection(url, timeout=TIME_LIMIT_SECONDS, suppress_origin=True)
        hello = json.loads(line.recv())
        if hello["type"] != "connected":
            raise ConnectionError(f"the relay greeted with {hello['type']}")
        line.settimeout(None)
        found.append(line)
    return found


def listen(line: websocket.WebSocket, arrived: dict[str, float]) -> None:
    """Note for each payment when the first frame about it came, until the connection ends."""
    while True:
        try:
            text = line.recv()
        except (websocket.WebSocketException, OSError):
            return
        moment = time.monotonic()
        if not text:
            return
        frame = json.loads(text)
        if frame["type"] in TOLD:
            arrived.setdefault(frame["data"]["payment_id"], moment)


def main(port: int, file: Path) -> None:
    lines = connect(port, datetime.now(UTC))
    arrived: dict[str, float] = {}
    threads = [threading.Thread(target=listen, args=(line, arrived), daemon=True) for line in lines]
    for thread in threads:
        thread.start()
    print("ready", flush=True)
    sys.stdin.read()
    file.write_text(json.dumps(dict(arrived)))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
