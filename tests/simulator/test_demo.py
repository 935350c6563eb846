"""The demo comes through the app's public doors and tells the truth about what it sent."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.simulation import prepare, send
from settings import current
from simulator.store import Store
from simulator.tokens import TokenMint
from tests.simulator.support import SECRET
from tests.simulator.tiny_app import TinyApp, running

PAYLOADS = Path(__file__).parent.parent / "whop" / "payloads"
RUN = "import sys; from cli.simulation import demo; demo(sys.argv[1:])"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[TinyApp]:
    with running(TokenMint(tmp_path).jwks(), tmp_path) as tiny:
        yield tiny


def environment(app: TinyApp, home: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "LEGENDS_ENV": "test",
        "LEGENDS_HOME": str(home),
        "PUBLIC_URL": app.url,
        "WHOP_APP_ID": "app_test",
        "WHOP_WEBHOOK_SECRETS": SECRET,
        "OPERATORS": "user_demo_operator",
    }


def play(app: TinyApp, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        env=environment(app, home),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def row_of(output: str) -> list[str]:
    """The figures of the closing table."""
    return [cell.strip() for cell in output.strip().splitlines()[-2].strip("│ ").split("│")]


def test_a_run_ends_with_what_the_app_saw_and_its_members_played(
    app: TinyApp, tmp_path: Path
) -> None:
    done = play(app, tmp_path, "--members", "5", "--rate", "60", "--seconds", "6")

    assert done.returncode == 0, done.stdout + done.stderr
    sent, accepted, duplicate, refused, settled, _ = map(int, row_of(done.stdout))
    assert accepted == app.answers["accepted"] == settled == len(app.stored)
    assert duplicate == app.answers["duplicate"] > 0
    assert sent == accepted + duplicate
    assert refused == app.answers["forged"] == 0
    assert 200 < sent <= 360
    assert "user_demo_hero" not in app.classes, "the hero's class is the visitor's to choose"
    assert set(app.classes.values()) == {"scout", "sage", "champion"}
    assert app.claimed
    assert not any(claim.startswith("user_demo_hero") for claim in app.claimed)


def test_what_a_run_tells_is_live_mixed_and_known_to_whops_api(
    app: TinyApp, tmp_path: Path
) -> None:
    begun = datetime.now(UTC)
    assert play(app, tmp_path, "--members", "3", "--rate", "150", "--seconds", "6").returncode == 0

    bodies = list(app.stored.values())
    types = {body["type"] for body in bodies}
    assert {"payment.succeeded", "membership.activated", "refund.updated"} <= types
    assert {"account_id" in body for body in bodies} == {True, False}
    assert any(body["data"].get("billing_reason") == "subscription_cycle" for body in bodies), (
        "renewals are seen in a short run"
    )
    refs = {(body["data"].get("metadata") or {}).get("wl_ref", "") for body in bodies}
    assert "USER_DEMO_HERO" in refs
    assert "lost" not in refs, "what stands in an address is nothing to Whop"
    store = Store(tmp_path)
    paid = [body["data"] for body in bodies if body["type"] == "payment.succeeded"]
    for payment in paid:
        at = datetime.fromisoformat(payment["paid_at"])
        assert begun - timedelta(seconds=30) < at < datetime.now(UTC)
        assert store.get("payment", payment["id"]) is not None
    store.close()


def test_a_second_run_brings_new_sales_for_the_same_people(app: TinyApp, tmp_path: Path) -> None:
    arguments = ("--members", "3", "--rate", "40", "--seconds", "2")
    assert play(app, tmp_path, *arguments).returncode == 0
    first = set(app.stored)
    clicked = set(app.clicks)

    assert play(app, tmp_path, *arguments).returncode == 0

    assert set(app.stored) > first
    assert set(app.clicks) == clicked


def test_an_app_that_fails_for_a_moment_loses_nothing(app: TinyApp, tmp_path: Path) -> None:
    app.fail_next = 15

    done = play(app, tmp_path, "--members", "2", "--rate", "40", "--seconds", "3")

    assert done.returncode == 0, done.stdout + done.stderr
    sent, accepted, duplicate, refused, _, _ = map(int, row_of(done.stdout))
    assert app.fail_next == 0
    assert sent == accepted + duplicate
    assert refused == 0


def test_an_endless_run_ends_cleanly_when_asked(app: TinyApp, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, "--seconds", "0", "--rate", "30", "--members", "2"],
        env=environment(app, tmp_path),
        stdout=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 30
    while len(app.stored) < 20 and time.monotonic() < deadline:
        time.sleep(0.1)

    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=15)

    assert process.returncode == 0
    sent, accepted, duplicate, *_ = row_of(output)
    assert int(sent) == int(accepted) + int(duplicate) >= 20


def test_send_signs_a_file_and_shows_the_answer(
    app: TinyApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment(app, tmp_path).items():
        monkeypatch.setenv(name, value)
    file = PAYLOADS / "payment.succeeded.json"
    current.cache_clear()
    try:
        first = CliRunner().invoke(send, [str(file)])
        again = CliRunner().invoke(send, [str(file), str(file), "--id", "msg_other"])
        forged = CliRunner().invoke(send, [str(file), "--secret", "ws_wrong"])
    finally:
        current.cache_clear()

    assert (first.exit_code, "202" in first.output, "accepted" in first.output) == (0, True, True)
    assert again.output.count("accepted") == again.output.count("duplicate") == 1
    assert (forged.exit_code, "401" in forged.output) == (1, True)
    assert app.stored["msg_other"]["id"] == "msg_other"


def test_send_leaves_the_bytes_alone_unless_asked_to_change_them() -> None:
    raw = b'{ "id": "msg_1",  "type": "a", "n": 1 }'

    assert prepare(raw, None, None) == ("msg_1", raw)
    changed_id, changed = prepare(raw, "b", "msg_2")
    assert (changed_id, json.loads(changed)) == ("msg_2", {"id": "msg_2", "type": "b", "n": 1})
    for nonsense in (b"not json", b"[1]", b'{"id": NaN'):
        made_up, untouched = prepare(nonsense, "b", None)
        assert untouched == nonsense
        assert made_up.startswith("msg_")
