"""Bounded waiting rooms (semaphores) for what may never come, such as the rest of a body."""

from __future__ import annotations

import contextlib
import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

import gevent
from greenlet import greenlet

IPV6_HOST_BITS = 64
"""One customer of a provider has at least that many addresses of his own."""


class PushedOut(Exception):
    """Others came, and this one had waited the longest."""


@dataclass(eq=False, slots=True)
class _Waiter:
    address: str
    greenlet: greenlet
    has_left: bool = False


class Places:
    """`most` may wait at once, `most_of_one` from one address. Only under gevent.

    Nobody is refused: where no place is left, whoever has waited longest makes room, and where an
    address has had its share, whoever has waited longest of that address. What honest people wait
    for comes within milliseconds, so the places of those who send nothing are the ones that go.
    """

    def __init__(self, most: int, most_of_one: int) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._waiting: dict[_Waiter, None] = {}  # in the order of their coming
        self._of: dict[str, dict[_Waiter, None]] = {}

    @contextlib.contextmanager
    def taken(self, address: str) -> Iterator[None]:
        """Hold a place while the block waits. Raises PushedOut, at any moment of the wait."""
        waiter = self._enter(host_of(address))
        try:
            yield
        finally:
            waiter.has_left = True
            self._leave(waiter)

    def _enter(self, address: str) -> _Waiter:
        if len(self._of.get(address, ())) >= self._most_of_one:
            self._push_out(next(iter(self._of[address])))
        elif len(self._waiting) >= self._most:
            self._push_out(next(iter(self._waiting)))
        waiter = _Waiter(address, gevent.getcurrent())
        self._waiting[waiter] = None
        self._of.setdefault(address, {})[waiter] = None
        return waiter

    def _leave(self, waiter: _Waiter) -> None:
        if waiter not in self._waiting:
            return
        del self._waiting[waiter]
        of_address = self._of[waiter.address]
        del of_address[waiter]
        if not of_address:
            del self._of[waiter.address]

    def _push_out(self, waiter: _Waiter) -> None:
        self._leave(waiter)
        gevent.get_hub().loop.run_callback(_interrupt, waiter)


def _interrupt(waiter: _Waiter) -> None:
    """In the hub, where nobody else runs: unless it has left meanwhile, it is waiting now."""
    if not waiter.has_left:
        waiter.greenlet.throw(PushedOut())


def host_of(address: str) -> str:
    """The address, or its network where one host has more addresses than can be counted."""
    if ":" not in address:
        return address
    try:
        found = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((found, IPV6_HOST_BITS), strict=False))
