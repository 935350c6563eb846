"""The background parts in the foreground: worker, beat, poll, flower."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable
from typing import TypeVar

import click

from cli.addresses import HELP, HOST, LOCAL, refuse_unusable
from cli.become import become
from workers.queues import CONSUMED

View = TypeVar("View", bound=Callable[..., None])


def figures_at(port: int) -> Callable[[View], View]:
    """The options that say where Prometheus finds the part's figures."""

    def decorate(command: View) -> View:
        for option in (
            click.option(
                "--metrics-port", type=click.IntRange(0, 65535), default=port, show_default=True,
                help="Port of GET /metrics; 0 = none.",
            ),
            click.option(
                "--metrics-host", default="127.0.0.1", show_default=True,
                help="Address of GET /metrics.",
            ),
        ):  # fmt: skip
            command = option(command)
        return command

    return decorate


@click.command(help="Run Celery workers, watched: one that dies or falls silent is started again.")
@click.option("--concurrency", "-c", default=2, show_default=True, help="Processes in the pool.")
@click.option(
    "--queues", "-Q", default=",".join(CONSUMED), show_default=True, help="What it consumes."
)
@click.option("--name", default="", help="Name of the node, before the @; default: from our id.")
@figures_at(9101)
def worker(concurrency: int, queues: str, name: str, metrics_host: str, metrics_port: int) -> None:
    from cli.fitness import refuse_unfit  # noqa: PLC0415 - these commands need Celery and Postgres
    from cli.local.watchdog import watch  # noqa: PLC0415 - as above
    from settings import current as settings  # noqa: PLC0415
    from workers import exporter  # noqa: PLC0415
    from workers.app import current  # noqa: PLC0415
    from workers.logs import configure  # noqa: PLC0415

    refuse_unfit(settings())
    refuse_bad_schedule()
    configure(settings().log_format)
    exporter.hand_on(metrics_host, metrics_port)
    node = f"{name or f'work-{os.getpid()}'}@{socket.gethostname()}"
    options = ("-Q", queues, "--concurrency", str(concurrency), "--without-gossip",
               "--without-mingle", "--heartbeat-interval", "10")  # fmt: skip
    dog = watch(current(), node, options)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: dog.ask_to_stop())
    sys.exit(dog.run())


@click.command(help="Publish the schedule. Start as many as you like: one leads, the others wait.")
@figures_at(9102)
def beat(metrics_host: str, metrics_port: int) -> None:
    from cli.fitness import refuse_unfit  # noqa: PLC0415 - as above
    from settings import current as settings  # noqa: PLC0415
    from workers import exporter  # noqa: PLC0415

    refuse_unfit(settings())
    refuse_bad_schedule()
    exporter.hand_on(metrics_host, metrics_port)
    become("celery", "-A", "workers.program", "beat", "--pidfile=")


@click.command(help="Keep the pipeline going from Postgres alone.")
@figures_at(9103)
def poll(metrics_host: str, metrics_port: int) -> None:
    from cli.fitness import refuse_unfit  # noqa: PLC0415 - as above
    from models.session import register_sender  # noqa: PLC0415 - as above
    from settings import current as settings  # noqa: PLC0415
    from workers import exporter  # noqa: PLC0415
    from workers.app import current  # noqa: PLC0415
    from workers.logs import configure  # noqa: PLC0415
    from workers.poll import Poller  # noqa: PLC0415
    from workers.sender import Sender  # noqa: PLC0415

    refuse_unfit(settings())
    refuse_bad_schedule()
    configure(settings().log_format)
    sender = Sender(current())
    register_sender(sender)
    exporter.serve(metrics_host, metrics_port)
    poller = Poller(current())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: poller.stop())
    poller.run()
    sender.flush()


@click.command(help="Flower, with the dead letters' queue. Password: FLOWER_AUTH (user:password).")
@click.option("--host", type=HOST, default=LOCAL, show_default=True, help=HELP)
@click.option("--port", type=click.IntRange(0, 65535), default=5555, show_default=True)
def flower(host: str, port: int) -> None:
    from workers.dashboard import NoPassword, serve  # noqa: PLC0415 - brings Tornado

    refuse_unusable(host, port)
    try:
        serve(host, port)
    except NoPassword:
        raise click.ClickException(
            "set FLOWER_AUTH=user:password to let Flower be reached from outside"
        ) from None


def refuse_bad_schedule() -> None:
    """A row that cannot run would be noticed only when its hour has come."""
    from workers.jobs import BadSchedule, steps  # noqa: PLC0415 - as above

    try:
        steps()
    except BadSchedule as error:
        raise click.ClickException(str(error)) from None
