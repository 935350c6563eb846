"""The background parts in the foreground: worker, beat, poll, flower."""

from __future__ import annotations

import os
import signal
import socket
import sys

import click

from cli.addresses import HELP, HOST, LOCAL, refuse_unusable
from cli.become import become
from workers.queues import CONSUMED


@click.command(help="Run Celery workers, watched: one that dies or falls silent is started again.")
@click.option("--concurrency", "-c", default=2, show_default=True, help="Processes in the pool.")
@click.option(
    "--queues", "-Q", default=",".join(CONSUMED), show_default=True, help="What it consumes."
)
@click.option("--name", default="", help="Name of the node, before the @; default: from our id.")
def worker(concurrency: int, queues: str, name: str) -> None:
    from cli.fitness import refuse_unfit  # noqa: PLC0415 - these commands need Celery and Postgres
    from cli.local.watchdog import watch  # noqa: PLC0415 - as above
    from settings import current as settings  # noqa: PLC0415
    from workers.app import current  # noqa: PLC0415
    from workers.logs import configure  # noqa: PLC0415

    refuse_unfit(settings())
    configure(settings().log_format)
    node = f"{name or f'work-{os.getpid()}'}@{socket.gethostname()}"
    options = ("-Q", queues, "--concurrency", str(concurrency), "--without-gossip",
               "--without-mingle", "--heartbeat-interval", "10")  # fmt: skip
    dog = watch(current(), node, options)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: dog.ask_to_stop())
    sys.exit(dog.run())


@click.command(help="Publish the schedule. Start as many as you like: one leads, the others wait.")
def beat() -> None:
    from cli.fitness import refuse_unfit  # noqa: PLC0415 - as above
    from settings import current as settings  # noqa: PLC0415

    refuse_unfit(settings())
    become("celery", "-A", "workers.program", "beat", "--pidfile=")


@click.command(help="Keep the pipeline going from Postgres alone.")
def poll() -> None:
    from cli.fitness import refuse_unfit  # noqa: PLC0415 - as above
    from models.session import register_sender  # noqa: PLC0415 - as above
    from settings import current as settings  # noqa: PLC0415
    from workers.app import current  # noqa: PLC0415
    from workers.logs import configure  # noqa: PLC0415
    from workers.poll import Poller  # noqa: PLC0415
    from workers.sender import Sender  # noqa: PLC0415

    refuse_unfit(settings())
    configure(settings().log_format)
    sender = Sender(current())
    register_sender(sender)
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
