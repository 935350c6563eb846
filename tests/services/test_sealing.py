"""Sealed bodies open for their own webhook id only, under any key that is still known."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.services.platform.sealing import SealBroken, open_sealed, seal
from settings import Settings
from tests.conftest import forget_settings

ONE = "one:" + base64.b64encode(b"1" * 32).decode()
TWO = "two:" + base64.b64encode(b"2" * 32).decode()


@given(st.binary(max_size=2000), st.text("abc_123", min_size=1, max_size=20))
def test_what_is_sealed_opens_to_the_same_bytes(body: bytes, webhook_id: str) -> None:
    sealed = seal(webhook_id, body)

    assert open_sealed(webhook_id, sealed) == body
    assert len(body) < 8 or body not in sealed


def test_a_body_does_not_open_for_another_row_or_after_a_change() -> None:
    sealed = seal("msg_1", b"body")
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])

    for webhook_id, value in (("msg_2", sealed), ("msg_1", changed), ("msg_1", sealed[:20])):
        with pytest.raises(SealBroken):
            open_sealed(webhook_id, value)
    for odd in (b"", b"\x01", b"\x02\x03dev", b"\x01\xff"):
        with pytest.raises(SealBroken):
            open_sealed("msg_1", odd)


def test_keys_rotate_the_first_seals_and_all_open(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def use(keys: str) -> None:
        monkeypatch.setenv("ENCRYPTION_KEYS", keys)
        forget_settings()

    use(ONE)
    old = seal("msg_1", b"body")
    use(f"{TWO},{ONE}")
    new = seal("msg_1", b"body")

    assert open_sealed("msg_1", old) == open_sealed("msg_1", new) == b"body"
    assert (b"one" in old[:6], b"two" in new[:6]) == (True, True)
    use(TWO)
    assert open_sealed("msg_1", new) == b"body"
    with pytest.raises(SealBroken, match="one"):
        open_sealed("msg_1", old)
