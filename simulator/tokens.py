"""User tokens as Whop's frame proxy issues them: ES256, short-lived, and their public keys.

The key is made on first use and kept in LEGENDS_HOME, so that every program of one installation
signs with the same one.
"""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from simulator.fragments import Json

ISSUER = "urn:whopcom:exp-proxy"
LIFETIME = timedelta(minutes=5)
COORDINATE_BYTES = 32


class TokenMint:
    """Signs user tokens for one installation."""

    def __init__(self, home: Path) -> None:
        self._key = _load_or_make(home / "twin" / "user-token-key.pem")
        numbers = self._key.public_key().public_numbers()
        self._x, self._y = _encode(numbers.x), _encode(numbers.y)
        self._kid = hashlib.sha256((self._x + self._y).encode()).hexdigest()[:16]

    def mint(self, user_id: str, app_id: str, now: datetime) -> str:
        """A token that says: this user, in this app's frame, for the next five minutes."""
        claims = {
            "iss": ISSUER,
            "sub": user_id,
            "aud": app_id,
            "iat": int(now.timestamp()),
            "exp": int((now + LIFETIME).timestamp()),
        }
        return jwt.encode(claims, self._key, algorithm="ES256", headers={"kid": self._kid})

    def jwks(self) -> Json:
        """The document at `/.well-known/jwks.json`."""
        public = {"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig"}
        return {"keys": [{**public, "kid": self._kid, "x": self._x, "y": self._y}]}


def _encode(coordinate: int) -> str:
    raw = coordinate.to_bytes(COORDINATE_BYTES, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _load_or_make(path: Path) -> ec.EllipticCurvePrivateKey:
    if not path.exists():
        _make(path)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{path} is not an EC key")
    return key


def _make(path: Path) -> None:
    """Write the key whole or not at all; of two programs that start together the first wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
    try:
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        Path(name).unlink()
