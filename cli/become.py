"""`python -m cli.become MODULE …`: run a program of a library's, as `python -m MODULE …` would.

Until that program handles signals itself, Ctrl-C ends it without a traceback (see `cli/__init__`).
"""

from __future__ import annotations

import runpy
import sys

from cli.environment import change_into


def become(module: str, *arguments: str) -> None:
    """Replace this process by the module's program."""
    change_into("cli.become", module, *arguments)


if __name__ == "__main__":
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
