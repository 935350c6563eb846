"""Gunicorn's answer, with head and body in one write where both are known.

Gunicorn sends the head and then the body: two calls into the kernel, and two packets, for every
answer. Nearly all of ours are whole when they begin.
"""

from __future__ import annotations

from gunicorn import util
from gunicorn.http import wsgi


class OneWrite(wsgi.Response):  # type: ignore[misc]
    """Differs from gunicorn's only in the first write of an answer that is complete with it."""

    def write(self, arg: bytes) -> None:
        """Send a part of the body; with the first one, the head."""
        if self.headers_sent or self._omits_body or self.response_length != len(arg):
            super().write(arg)
            return
        lines = self.default_headers()
        lines += [f"{name}: {value}\r\n" for name, value in self.headers]
        self.headers_sent: bool = True
        self.sent = len(arg)
        util.write(self.sock, "".join((*lines, "\r\n")).encode("latin-1") + arg)
