"""The pages' types of our API, without a word that only the dialect of its document needs."""

from __future__ import annotations

from cli.api_types import plain_nulls


def test_a_shape_or_null_is_nothing_more_than_that() -> None:
    told = {"link": {"anyOf": [{"$ref": "#/Link"}, {"type": "object", "nullable": True}]}}

    assert plain_nulls([told]) == [{"link": {"allOf": [{"$ref": "#/Link"}], "nullable": True}}]


def test_other_choices_stay_as_they_are() -> None:
    told = {"anyOf": [{"type": "string"}, {"type": "integer"}], "nullable": True}

    assert plain_nulls(told) == told
