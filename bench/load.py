"""Post signed deliveries over kept-alive connections and say how it went.

Run as a process: `python -m bench.load <port> <path> <events file> <first> <count> <connections>
<per second, 0 = as fast as it goes> [<file for the moments of sending>]`. Plain sockets, so that
the client takes as little as possible of the machine it shares with what it measures.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.crowd import Event, read_events
from bench.stand import SECRET
from simulator.signing import headers

TIME_LIMIT_SECONDS = 10
END_OF_HEAD = b"\r\n\r\n"


@dataclass
class Tally:
    """What the connections have seen, gathered under one lock."""

    words: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    sent: dict[str, float] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, webhook_id: str, word: str, began: float) -> None:
        """Note one answer."""
        took = time.monotonic() - began
        with self.lock:
            self.words[word] += 1
            self.seconds.append(took)
            self.sent[webhook_id] = began


class Connection:
    """One kept-alive connection; a refused or broken one fails the run."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), TIME_LIMIT_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> str:
        """Send one request; the word of the answer: what its body says, or its status."""
        self._socket.sendall(request)
        buffer = b""
        while END_OF_HEAD not in buffer:
            buffer += self._received()
        head, _, body = buffer.partition(END_OF_HEAD)
        length = _content_length(head)
        while len(body) < length:
            body += self._received()
        status = head[9:12].decode()
        return str(json.loads(body)["status"]) if status == "202" else status

    def close(self) -> None:
        self._socket.close()

    def _received(self) -> bytes:
        found = self._socket.recv(65_536)
        if not found:
            raise ConnectionError("the server closed a kept-alive connection")
        return found


def requests_of(events: Sequence[Event], path: str) -> list[tuple[str, bytes]]:
    """The bytes of each request, signed now, so that the clock measures the server alone."""
    now = int(time.time())
    return [(event.webhook_id, _request(event, path, now)) for event in events]


def post_all(
    port: int, requests: Sequence[tuple[str, bytes]], connections: int, rate: float
) -> tuple[Tally, float, float]:
    """Send everything; what was answered, and the moments of the first byte and the last answer.

    With a rate each request has its moment, whether or not the ones before it were answered, as
    long as a connection is free.
    """
    tally = Tally()
    lines = [Connection(port) for _ in range(connections)]
    numbers = iter(range(len(requests)))
    taking = threading.Lock()
    began = time.monotonic()

    def work(line: Connection) -> None:
        while True:
            with taking:
                number = next(numbers, None)
            if number is None:
                return
            if rate:
                time.sleep(max(began + number / rate - time.monotonic(), 0))
            webhook_id, request = requests[number]
            moment = time.monotonic()
            tally.note(webhook_id, line.ask(request), moment)

    threads = [threading.Thread(target=work, args=(line,)) for line in lines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ended = time.monotonic()
    for line in lines:
        line.close()
    return tally, began, ended


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie; 0 where there is none."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


def milliseconds(seconds: Sequence[float]) -> dict[str, float]:
    """The three percentiles of a latency, in milliseconds."""
    return {
        f"p{share}_ms": round(percentile(seconds, share / 100) * 1000, 2) for share in (50, 95, 99)
    }


def _request(event: Event, path: str, now: int) -> bytes:
    signed = headers(SECRET, event.webhook_id, now, event.raw)
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(event.raw)}"]
    lines += [f"{name}: {value}" for name, value in signed.items()]
    return "\r\n".join(lines).encode() + END_OF_HEAD + event.raw


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise ValueError("an answer without its length")


def main(arguments: Sequence[str]) -> None:
    port, path, file, first, count, connections, rate = arguments[:7]
    requests = requests_of(read_events(Path(file), int(first), int(count)), path)
    tally, began, ended = post_all(int(port), requests, int(connections), float(rate))
    if len(arguments) > 7:  # noqa: PLR2004 - the optional last argument
        Path(arguments[7]).write_text(json.dumps(tally.sent))
    answer: dict[str, Any] = {
        "answers": dict(tally.words),
        "began": began,
        "seconds": ended - began,
        "per_second": round(len(requests) / (ended - began)),
        **milliseconds(tally.seconds),
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1:])
