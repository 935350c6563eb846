"""Where a part listens: the words of `--host` and `--port`, and what is right if they are not."""

from __future__ import annotations

import errno
import socket
from typing import Any

import click

PORT = click.IntRange(1, 65535)
LOCAL = "127.0.0.1"
HELP = "Address to listen on."
EVERYWHERE = "127.0.0.1 or ::1 for this machine only, 0.0.0.0 or :: for every address it has"
REASONS = {
    errno.EADDRINUSE: "port {port} is taken by another program: choose another --port",
    errno.EADDRNOTAVAIL: "{host} is no address of this machine: use " + EVERYWHERE,
    errno.EACCES: "port {port} is reserved for root: choose a --port of 1024 or more",
}


class Host(click.ParamType[str]):
    """An address or a name of this machine; an IPv6 address with or without brackets."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The host without brackets. Fails with what would be right."""
        host = str(value).removeprefix("[").removesuffix("]")
        try:
            found = bool(host) and bool(family_of(host))
        except (OSError, UnicodeError):
            found = False
        if not found:
            self.fail(f"{value!r} is no address: use {EVERYWHERE}", param, ctx)
        return host


HOST = Host()


def family_of(host: str) -> socket.AddressFamily:
    """IPv4 or IPv6. Raises OSError for a name that leads nowhere."""
    return socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][0]


def joined(host: str, port: int) -> str:
    """`host:port` as servers want it: an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def refuse_unusable(host: str, port: int) -> None:
    """Raise a ClickException saying what is right, if nothing can listen there."""
    try:
        why = trouble_with(host, port)
    except OSError as problem:
        raise click.ClickException(f"{host}: {problem.strerror or problem}") from None
    if why:
        raise click.ClickException(why)


def trouble_with(host: str, port: int) -> str:
    """Why nothing can listen there, in words; empty if something can. Raises other OSErrors."""
    try:
        with socket.socket(family_of(host)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            probe.listen()
    except OSError as problem:
        if problem.errno not in REASONS:
            raise
        return REASONS[problem.errno].format(host=host, port=port)
    return ""
