"""Encryption at rest (AES-256-GCM) of what may hold a person's name or address, or a key.

A sealed value says which key sealed it, so keys rotate without rewriting anything, and it opens
only under the kind and id it was sealed for, so two rows cannot swap their bodies.
"""

from __future__ import annotations

import os
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import settings

VERSION = 1
NONCE_BYTES = 12
"""Random, as GCM wants it; one key may seal 2**32 values, so change it long before."""


class SealBroken(Exception):
    """The bytes do not open: another key, another webhook id, or changed since they were sealed."""


BODY = "inbox_body"
"""What most sealed values are; another kind of value never opens in the place of this one."""


def seal(webhook_id: str, body: bytes, kind: str = BODY) -> bytes:
    """Encrypt with the first of ENCRYPTION_KEYS: version, key id, nonce, ciphertext with tag."""
    key_id = settings.current().encryption_keys[0].id.encode()
    nonce = os.urandom(NONCE_BYTES)
    header = bytes((VERSION, len(key_id))) + key_id
    return header + nonce + _cipher(key_id.decode()).encrypt(nonce, body, _bound(webhook_id, kind))


def is_newest(sealed: bytes) -> bool:
    """Whether the first of ENCRYPTION_KEYS sealed it."""
    key_id = settings.current().encryption_keys[0].id.encode()
    return sealed[1 : 2 + len(key_id)] == bytes((len(key_id),)) + key_id


def open_sealed(webhook_id: str, sealed: bytes, kind: str = BODY) -> bytes:
    """Give back the body that `seal` was given for the same webhook id. Raises SealBroken."""
    if len(sealed) < 2 or sealed[0] != VERSION:  # noqa: PLR2004 - version and length
        raise SealBroken("not a sealed value")
    start = 2 + sealed[1]
    key_id = sealed[2:start].decode(errors="replace")
    nonce, ciphertext = sealed[start : start + NONCE_BYTES], sealed[start + NONCE_BYTES :]
    try:
        return _cipher(key_id).decrypt(nonce, ciphertext, _bound(webhook_id, kind))
    except KeyError as error:
        raise SealBroken(f"ENCRYPTION_KEYS has no key {key_id!r}") from error
    except (InvalidTag, ValueError) as error:
        raise SealBroken("sealed for another webhook id, or changed") from error


def _bound(webhook_id: str, kind: str) -> bytes:
    return f"{kind}|{webhook_id}".encode()


def _cipher(key_id: str) -> AESGCM:
    return _ciphers(settings.current().encryption_keys)[key_id]


@cache
def _ciphers(keys: tuple[settings.EncryptionKey, ...]) -> dict[str, AESGCM]:
    return {key.id: AESGCM(key.key) for key in keys}
