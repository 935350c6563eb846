"""A request that is turned away at the door, with its answer."""

from __future__ import annotations


class Turned(Exception):
    """Nothing was stored. `code` is stable, the message is for people.

    `retry_after` in seconds where the same request may do better later. `is_cut`: the rest of the
    request is not worth waiting for, so the connection ends with the answer.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        retry_after: int | None = None,
        is_cut: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retry_after = retry_after
        self.is_cut = is_cut
