"""A dead letter is shown without persons, cut where it is long, at a cost like its length."""

from __future__ import annotations

import json
from time import thread_time

import pytest

from game.services.inbox.masking import LIMIT_CHARS, safe_view


def test_persons_are_hidden_and_what_one_looks_for_stays() -> None:
    view = safe_view(
        b'{"id": "msg_1", "data": {"total": 46.50, "big": 1E+2, "user": {"name": "Ann", "email": '
        b'"ann@example.com"}, "note": "write to bob@example.com, please", "paid": true, '
        b'"tax": null}}'
    )

    assert json.loads(view.replace("46.50", '"46.50"')) == {
        "id": "msg_1",
        "data": {
            "total": "46.50",
            "big": 100,
            "user": {"name": "•••", "email": "•••"},
            "note": "write to ••• please",
            "paid": True,
            "tax": None,
        },
    }


def test_a_huge_text_is_cut_where_it_stands_and_says_how_much_is_missing() -> None:
    body = {"id": "msg_1", "metadata": {"note": "a" * 300_000}, "type": "payment.succeeded"}

    view = safe_view(json.dumps(body).encode())

    assert "… 299,000 characters left out" in view
    assert '"type": "payment.succeeded"' in view
    assert len(view) < 2_000


def test_a_long_list_says_how_many_items_are_missing() -> None:
    view = safe_view(json.dumps({"items": ["x" * 99] * 1_000, "after": 1}).encode())

    shown = view.count("x" * 99)
    assert f"… {1_000 - shown:,} items left out" in view
    assert "… 1 field left out" in view
    assert LIMIT_CHARS * 0.9 < len(view) < LIMIT_CHARS * 2


def test_bytes_that_are_no_json_are_cut_with_their_rest_counted() -> None:
    view = safe_view(b"\xff" + b"q" * 300_000)

    assert view.startswith("\\\\xffqqq")
    assert view.endswith(f"… {300_001 - LIMIT_CHARS:,} bytes left out")


def test_a_cut_never_shows_half_of_a_mail_address() -> None:
    for before in range(980, 1_001):
        view = safe_view(json.dumps({"note": "-" * before + " ann.smith@example.com"}).encode())

        assert "ann" not in view.partition("•")[0], before


@pytest.mark.parametrize(
    "unit", ["a", "a@", "@", "a.", "'a", " a", "{", '{"a":', "[]", "\\", '"', "ab@c "]
)
def test_the_worst_texts_cost_no_more_than_their_length(unit: str) -> None:
    def cost(size: int) -> float:
        text = unit * (size // len(unit))
        bodies = [text.encode(), json.dumps({"metadata": text}).encode(), f'["{text}'.encode()]
        began = thread_time()
        for body in bodies:
            assert len(safe_view(body)) < 3 * LIMIT_CHARS
        return thread_time() - began

    small, large = (min(cost(size) for _ in range(3)) for size in (1 << 18, 1 << 20))
    assert large < 10 * small + 0.02
