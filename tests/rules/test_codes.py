"""A code is the same in any case, and only a code is."""

from __future__ import annotations

import pytest

from game.rules.codes import canonical


@pytest.mark.parametrize("typed", ["ABCDEFGH", "abcdefgh", "abcDEFGh"])
def test_a_code_is_read_in_any_case(typed: str) -> None:
    assert canonical(typed) == "ABCDEFGH"


@pytest.mark.parametrize("typed", ["ıbcdefgh", "ßbcdefg", "ſbcdefgh", "ﬁcdefgh", "äbcdefgh"])
def test_letters_whose_capitals_are_other_letters_name_no_code(typed: str) -> None:
    assert canonical(typed) == typed
