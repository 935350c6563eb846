"""A twin on a free port, and a small door that answers webhooks as a test tells it to."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import settings as settings_module
from simulator.server import create_twin
from tests.simulator.support import API_KEY, SECRET, Door, Heard, RunningTwin, running_app


@pytest.fixture
def door() -> Iterator[Door]:
    """A real HTTP server on 127.0.0.1 that remembers what it heard."""
    state = Door()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # One segment an answer: separate writes would wait for the client's delayed ACK.
        wbufsize = -1

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            names = {name.lower(): value for name, value in self.headers.items()}
            accepted = (202, b'{"status":"accepted"}', {"content-type": "application/json"})
            with state.lock:
                state.heard.append(Heard(self.command, self.path, names, body))
                pause = state.slow_seconds.pop(0) if state.slow_seconds else 0
                status, said, headers = state.answers.pop(0) if state.answers else accepted
            time.sleep(pause)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = answer  # noqa: N815 - http.server

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def twin(tmp_path: Path, door: Door) -> Iterator[RunningTwin]:
    """The real server, in front of the door."""
    loaded = settings_module.load(
        {
            "LEGENDS_ENV": "test",
            "LEGENDS_HOME": str(tmp_path),
            "WHOP_API_KEY": API_KEY,
            "WHOP_APP_ID": "app_test",
            "WHOP_WEBHOOK_SECRETS": SECRET,
            "PUBLIC_URL": door.url,
            "OPERATORS": "user_demo_operator",
        }
    )
    app = create_twin(loaded)
    with running_app(app) as url:
        yield RunningTwin(url, loaded, app)
