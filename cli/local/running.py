"""What a running `legends up` tells other programs: its parts and the settings they share.

`run.json` holds {part: {pid, port, restarts}} and the supervisor's own id; `env.json` the shared
settings. Both are readable by their owner only and count while the supervisor lives.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cli.local.stale import is_ours
from cli.local.state import read_json
from settings import home_folder, process_environment

RUN_FILE = "run.json"
ENV_FILE = "env.json"
SUPERVISOR = "supervisor"
MARKS = ("cli.main", "up")


def run_state(home: Path) -> dict[str, Any]:
    """The parts of the running installation; empty when none runs."""
    state = read_json(home / RUN_FILE)
    return state if is_ours(int(state.get(SUPERVISOR, {}).get("pid", 0)), MARKS) else {}


def environment_of_running() -> dict[str, str]:
    """The shared settings of the installation that runs over our LEGENDS_HOME; else empty.

    Also empty for somebody who has named another database: two installations must not mix.
    """
    values = process_environment()
    if values.get("LEGENDS_ENV", "development") != "development":
        return {}
    home = home_folder(values)
    shared = read_json(home / ENV_FILE) if run_state(home) else {}
    named = values.get("DATABASE_URL")
    return {} if named and named != shared.get("DATABASE_URL") else shared
