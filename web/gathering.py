"""A micro-batcher: callers of the same time are served together, where one statement serves many.

A statement and its commit cost nearly the same for one row as for twenty. So while one is on its
way, those who come meanwhile wait for each other and share the next one; whoever comes alone
waits for nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

import gevent
from gevent.event import AsyncResult

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(eq=False)
class _Caller(Generic[Item]):
    item: Item
    answer: AsyncResult[Any] = field(default_factory=AsyncResult)
    has_left: bool = False


class Gathering(Generic[Item, Result]):
    """`act` serves up to `most` items at once, with a result for each, in their order.

    An error of the kind `own_fault` is that of one item: then each of them is served alone. Any
    other is everybody's. One process has one `act` on its way at a time. Only under gevent.
    """

    def __init__(
        self,
        act: Callable[[Sequence[Item]], Sequence[Result]],
        most: int,
        own_fault: type[Exception],
    ) -> None:
        self._act = act
        self._most = most
        self._own_fault = own_fault
        self._waiting: list[_Caller[Item]] = []
        self._is_running = False

    def ask(self, item: Item) -> Result:
        """Have the item served, with others or alone; raises what `act` raised.

        A caller that gives up meanwhile (a time limit of its own) is left out, unless its item
        is on its way already.
        """
        caller = _Caller(item)
        self._waiting.append(caller)
        if not self._is_running:
            self._is_running = True
            gevent.spawn(self._run)
        try:
            return cast(Result, caller.answer.get())
        except BaseException:
            caller.has_left = True
            raise

    def _run(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            self._serve([caller for caller in group if not caller.has_left])
        self._is_running = False

    def _serve(self, group: Sequence[_Caller[Item]]) -> None:
        if not group:
            return
        try:
            results = self._act([caller.item for caller in group])
        except self._own_fault as error:
            if len(group) == 1:
                group[0].answer.set_exception(error)
            else:
                for caller in group:
                    self._serve([caller])
        except Exception as error:  # noqa: BLE001 - whoever asked hears of it
            for caller in group:
                caller.answer.set_exception(error)
        else:
            for caller, result in zip(group, results, strict=True):
                caller.answer.set(result)
