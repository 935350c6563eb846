"""The `legends` command: a table of names, each loaded only when it is typed.

A slow or missing part costs the other commands nothing. Settings that cannot be used end any
command with every reason at once and exit code 2; a server that is not there, with one line and 1.
Nothing of ours beyond `cli` is imported before `cli.environment` has seen to it that it is ours.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import signal
import sys
from dataclasses import dataclass

import click

from cli import environment
from cli.local.processes import PartFailed
from cli.outages import outage, refuse_missing


@dataclass(frozen=True)
class Entry:
    """Where a command lives, and whether it talks to the servers of this installation.

    `needs` are the settings without which it can do nothing. What runs `at_home` does so in the
    project's folder, whatever folder it was started from. So does a `part`, which Ctrl-C simply
    ends until it has handlers of its own.
    """

    module: str
    attribute: str
    needs_servers: bool = True
    needs: tuple[str, ...] = ()
    at_home: bool = False
    part: bool = False


DATABASE = ("DATABASE_URL",)
BROKER = ("CELERY_BROKER_URL",)
LONGEST_HELP = 200
INTERRUPTED = 130

COMMANDS = {
    "up": Entry("cli.up", "up", needs_servers=False, at_home=True),
    "web": Entry("cli.parts", "web", part=True),
    "relay": Entry("cli.parts", "relay", part=True),
    "worker": Entry("cli.work", "worker", needs=DATABASE + BROKER, part=True),
    "beat": Entry("cli.work", "beat", needs=DATABASE + BROKER, part=True),
    "poll": Entry("cli.work", "poll", needs=DATABASE, part=True),
    "flower": Entry("cli.work", "flower", needs=BROKER, part=True),
    "demo": Entry("cli.simulation", "demo", at_home=True),
    "send": Entry("cli.simulation", "send"),
    "twin": Entry("cli.simulation", "twin", at_home=True),
    "health": Entry("cli.health", "health", needs_servers=False),
    "token": Entry("cli.token", "token", needs=DATABASE),
    "dlq": Entry("cli.dlq", "dlq", needs=DATABASE),
    "reconcile": Entry("cli.reconcile", "reconcile", needs=DATABASE),
    "verify": Entry("cli.verify", "verify", needs=DATABASE),
    "rebuild": Entry("cli.rebuild", "rebuild", needs=DATABASE),
    "balance": Entry("cli.balance", "balance", needs_servers=False),
    "db": Entry("cli.db", "db", needs=DATABASE),
    "doctor": Entry("cli.doctor", "doctor"),
    "lint": Entry("cli.lint", "lint", needs_servers=False),
    "api-types": Entry("cli.api_types", "api_types", needs_servers=False),
    "test": Entry("cli.testing", "test", needs_servers=False),
    "bench": Entry("bench.main", "bench", needs_servers=False, at_home=True),
    "prove": Entry("cli.prove", "prove", needs_servers=False),
}


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The commands whose module is there, in the order of the table."""
        return [name for name, entry in COMMANDS.items() if is_there(entry.module)]

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        cmd_name: str,
    ) -> click.Command | None:
        """Import the command; None for a name that does not exist."""
        entry = COMMANDS.get(cmd_name)
        if entry is None or not is_there(entry.module):
            return None
        command = getattr(importlib.import_module(entry.module), entry.attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{entry.module}:{entry.attribute} is not a command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Lend the command the servers of a running `legends up`, where nothing else is set."""
        entry = COMMANDS.get(args[0])
        if entry is not None and (entry.part or entry.at_home):
            environment.go_home()
        if entry is not None and entry.part:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
        if entry is not None and entry.needs_servers:
            adopt_running()
        name, command, rest = super().resolve_command(ctx, args)
        # A group alone prints its help.
        if entry is not None and (rest or not isinstance(command, click.Group)):
            refuse_missing(entry.needs, rest)
        return name, command, rest

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their whole first sentence, on as many lines as it takes."""
        found = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        rows = [(name, it.get_short_help_str(LONGEST_HELP)) for name, it in found if it is not None]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def is_there(module: str) -> bool:
    """True when the module can be imported, without importing it."""
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def adopt_running() -> None:
    """Fill unset variables with those of the `legends up` that runs over the same LEGENDS_HOME."""
    from cli.local.running import environment_of_running  # noqa: PLC0415

    for name, value in environment_of_running().items():
        os.environ.setdefault(name, value)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="whop-legends", prog_name="legends")
def legends() -> None:
    """Whop Legends: signed webhooks in, exact books and live levels out."""


def main() -> None:
    """Run the command and turn the errors an operator can mend into plain words."""
    environment.settle()
    environment.take_over()
    from settings import UnsafeSettings  # noqa: PLC0415 - only now is it surely ours

    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # see cli/__init__
        legends(prog_name="legends")
    except KeyboardInterrupt:  # between this line and the command's own handlers
        sys.exit(INTERRUPTED)
    except UnsafeSettings as unsafe:
        print("These settings cannot be used:", file=sys.stderr)
        for problem in unsafe.problems:
            print(f"  - {problem}", file=sys.stderr)
        sys.exit(2)
    except PartFailed as failed:
        print(f"legends: {failed}", file=sys.stderr)
        sys.exit(1)
    except Exception as error:
        reason = outage(error)
        if not reason:
            raise
        print(f"legends: {reason}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
