"""The JSON reader: exact, bounded, and never surprised by anything."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.services.platform.strict_json import DEEPEST, NotJson, loads

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**39), 10**39) | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=40,
)


@given(plain)
def test_what_json_can_say_is_read_as_it_was(value: object) -> None:
    assert loads(json.dumps(value).encode()) == value


@given(st.binary(max_size=300))
def test_bytes_of_any_kind_are_read_or_refused(raw: bytes) -> None:
    try:
        loads(raw)
    except NotJson:
        pass
    else:
        json.loads(raw.decode())  # and then the standard reader takes them, too


def test_fractions_are_exact_and_no_number_is_a_float() -> None:
    found = loads(b'{"a": 46.56, "b": 1e2, "c": -0.0, "d": 7}')

    assert found == {"a": Decimal("46.56"), "b": Decimal("1E+2"), "c": Decimal("-0.0"), "d": 7}
    assert not any(isinstance(value, float) for value in found.values())


def test_depth_is_counted_outside_strings_only() -> None:
    assert loads(b"[" * DEEPEST + b"]" * DEEPEST)
    assert loads(json.dumps(["[[" * 500 + '\\"' + "{{" * 500] * 3)) is not None
    for levels in (DEEPEST + 1, 1_000, 200_000):
        with pytest.raises(NotJson):
            loads(b"[" * levels + b"]" * levels)
        with pytest.raises(NotJson):
            loads(b'{"a":' * levels + b"1" + b"}" * levels)
    # Brackets after a text that was never closed are no reason to recurse, either.
    with pytest.raises(NotJson):
        loads(b'["' + b"[" * 100_000)


def test_the_last_of_two_equal_keys_counts() -> None:
    assert loads(b'{"a": 1, "a": 2}') == {"a": 2}
