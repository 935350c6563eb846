"""`legends web` and `legends relay`: one part in the foreground, under gunicorn.

The process becomes gunicorn, so that whoever started it signals the server itself.
"""

from __future__ import annotations

import os
import shutil

import click

import settings
from cli.addresses import HELP, HOST, LOCAL, PORT, joined, refuse_unusable
from cli.become import become
from cli.fitness import refuse_unfit


@click.command()
@click.option("--host", type=HOST, default=LOCAL, show_default=True, help=HELP)
@click.option("--port", type=PORT, default=8000, show_default=True, help="Port to listen on.")
@click.option("--workers", default=2, show_default=True, help="Worker processes.")
def web(host: str, port: int, workers: int) -> None:
    """Serve the webhook door, the API and the pages."""
    refuse_unfit(settings.current())
    share_figures("web")
    become_gunicorn("web.app:create_app()", host, port, workers)


@click.command()
@click.option("--host", type=HOST, default=LOCAL, show_default=True, help=HELP)
@click.option("--port", type=PORT, default=8001, show_default=True, help="Port to listen on.")
@click.option("--workers", default=1, show_default=True, help="Worker processes.")
def relay(host: str, port: int, workers: int) -> None:
    """Serve the sockets that carry notices to browsers."""
    refuse_unfit(settings.current())
    become_gunicorn("web.relay:create_relay()", host, port, workers)


def share_figures(part: str) -> None:
    """Give the worker processes a fresh folder in which each keeps its figures for all of them."""
    folder = settings.current().home / "metrics" / part
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def become_gunicorn(factory: str, host: str, port: int, workers: int) -> None:
    """Replace this process. Whoever calls has checked settings and servers, where it is read."""
    refuse_unusable(host, port)
    become(
        "gunicorn",
        "--config",
        "python:cli.gunicorn_conf",
        "--bind",
        joined(host, port),
        "--workers",
        str(workers),
        factory,
    )
