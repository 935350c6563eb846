"""Texts that could stop whoever reads JSON carelessly; each of about `n` bytes."""

from __future__ import annotations

from collections.abc import Callable

WORST: dict[str, Callable[[int], bytes]] = {
    "escaped quotes, never closed": lambda n: b'"' + b'\\"' * (n // 2),
    "quotes": lambda n: b'"' * n,
    "backslashes": lambda n: b'"' + b"\\" * n,
    "open brackets": lambda n: b"[" * n,
    "open objects": lambda n: b'{"a":' * (n // 5),
    "lists": lambda n: b'{"a":[' + b"[]," * (n // 3) + b"[]]}",
    "pyramids": lambda n: b'{"a":[' + (b"[" * 40 + b"]" * 40 + b",") * (n // 81) + b"[]]}",
    "fractions": lambda n: b'{"a":[' + b"1e1," * (n // 4) + b"1]}",
    "digits": lambda n: b'{"a":' + b"1" * n + b"}",
    "decimals": lambda n: b'{"a":0.' + b"1" * n + b"}",
    "half characters": lambda n: b'{"class":"' + b"\\ud800" * (n // 6) + b'"}',
    "many fields": lambda n: b"{" + b",".join(b'"%06d":0' % i for i in range(n // 11)) + b"}",
    "a long name": lambda n: b'{"class":"' + b"a" * n + b'"}',
    "spaces": lambda n: b'{"reason":"' + b" " * n + b'"}',
    "no text": lambda n: b"\xff" * n,
}
