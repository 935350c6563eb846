"""Our gunicorn settings: a request that waits for Postgres does not hold up the others."""

from __future__ import annotations

import subprocess
import sys
import threading
import urllib.request
from contextlib import closing
from pathlib import Path

import psycopg2

from cli.local.processes import Part, answers, await_ready, end, free_port, spawn
from tests.support.waiting import eventually

APPLICATION = """
import os, psycopg2

def application(environ, start_response):
    if environ["PATH_INFO"] == "/wait":
        connection = psycopg2.connect(os.environ["DATABASE_URL"])
        connection.cursor().execute("SELECT pg_advisory_lock(4711)")
        connection.close()
    start_response("200 OK", [])
    return [b"done"]
"""


def test_one_worker_answers_while_another_request_waits_for_postgres(
    database: str, tmp_path: Path
) -> None:
    (tmp_path / "small.py").write_text(APPLICATION)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    server = Part(
        name="web",
        command=(sys.executable, "-m", "gunicorn", "--config", "python:cli.gunicorn_conf",
                 "--bind", f"127.0.0.1:{port}", "--workers", "1", "small"),
        log=tmp_path / "web.log",
        env={"PYTHONPATH": str(tmp_path), "DATABASE_URL": database},
        ready=lambda: answers(f"{url}/live"),
    )  # fmt: skip
    process: subprocess.Popen[bytes] = spawn(server)
    bodies: list[bytes] = []

    def wait_for_the_lock() -> None:
        with urllib.request.urlopen(f"{url}/wait", timeout=30) as answer:
            bodies.append(answer.read())

    try:
        await_ready(server, process, 30)
        with closing(psycopg2.connect(database)) as holder, holder.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(4711)")
            waiting = threading.Thread(target=wait_for_the_lock)
            waiting.start()

            def somebody_waits() -> bool:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                return cursor.fetchone() == (1,)

            assert eventually(somebody_waits)
            assert answers(f"{url}/other")
            assert bodies == []
        waiting.join(20)
    finally:
        end(server, process)

    assert bodies == [b"done"]
