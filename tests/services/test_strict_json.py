"""The JSON reader: exact, bounded, and never surprised by anything."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.services.platform.strict_json import DEEPEST, NotJson, loads
from tests.support.worst_texts import WORST

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


@pytest.mark.parametrize("name", WORST)
def test_the_worst_texts_cost_no_more_than_their_length(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    def cost(size: int) -> float:
        text = WORST[name](size)
        began = thread_time()
        with suppress(NotJson):
            loads(text)
        return thread_time() - began

    small, large = (min(cost(size) for _ in range(3)) for size in (1 << 18, 1 << 20))
    record_property("milliseconds_per_mib", round(large * 1000, 1))
    assert large < 10 * small + 0.02


@pytest.mark.parametrize(
    ("number", "is_good"),
    [
        ("1" * 40, True),
        ("1" * 41, False),
        ("-" + "1" * 40, True),
        ("-" + "1" * 41, False),
        ("0." + "1" * 39, True),
        ("0." + "1" * 40, False),
        ("0." + "0" * 39, True),
        ("0." + "0" * 40, False),
        ("1" * 20 + "." + "1" * 20, True),
        ("1" * 20 + "." + "1" * 21, False),
        ("1e39", True),
        ("1e40", False),
        ("-1E+39", True),
        ("1e-39", True),
        ("1e-40", False),
        ("0e40", False),
        ("0e-40", False),
        ("1e400", False),
        ("1e99999999999999999999", False),
        ("1" * 30 + "e-39", True),
        ("1" * 30 + "e10", True),
        ("1" * 30 + "e11", False),
    ],
)
def test_forty_digits_written_out_are_the_most(number: str, *, is_good: bool) -> None:
    # Beside a text that looks long, and among enough brackets to be read with care.
    crowd = ",[]" * 200
    for text in (f"[{number}]", f'["{"7" * 60}", {number}{crowd}]', f'[{number}, "\\ud800"]'):
        if is_good:
            found = loads(text)[0 if text.startswith(f"[{number}") else 1]
            assert found == Decimal(number)
        else:
            with pytest.raises(NotJson):
                loads(text)


def test_depth_is_that_of_the_deepest_place() -> None:
    for shape in ("[" * 100 + "]" * 100, "[" * 99 + "[],{}" + "]" * 99):
        crowd = ",[[[]],[]]" * 50
        assert loads(f"[{shape[1:-1]}{crowd}]")
    for shape in ("[" * 101 + "]" * 101, "[" * 99 + "[1],[[]]" + "]" * 99):
        with pytest.raises(NotJson):
            loads(f'[{shape[1:-1]}, "]]]]]]]\\"[[[["]')


def test_the_last_of_two_equal_keys_counts() -> None:
    assert loads(b'{"a": 1, "a": 2}') == {"a": 2}
