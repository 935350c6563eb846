"""How requests are read: strict JSON, and every unknown field or parameter refused by name."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import islice
from typing import Any, NoReturn

import flask
from marshmallow import Schema, ValidationError
from webargs import core
from webargs.flaskparser import FlaskParser, abort, is_json_request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from game.services.platform import strict_json
from web import bodies

_UNSTORABLE = re.compile("[\\x00\\ud800-\\udfff]")
"""What Postgres takes in no text: NUL and half characters."""
_NUL_IN_JSON = re.compile(r"(?<!\\)(?:\\\\)*+\\u0000")
MOST_TOLD = 20
"""Fields an answer names; a body may have thousands of wrong ones."""

MOST_NAMED = 5
LONGEST_NAMES = 100
"""How much of a stranger's own words an answer repeats."""


def is_storable(value: Any) -> bool:
    """True where every text in `value`, however deep, can be stored."""
    if isinstance(value, Mapping | list):  # in C, for there may be very many
        text = json.dumps(value, ensure_ascii=False, default=str)
        return not (_UNSTORABLE.search(text) or _NUL_IN_JSON.search(text))
    return not isinstance(value, str) or not _UNSTORABLE.search(value)


def _named(schema: Schema, given: Mapping[str, Any]) -> list[str]:
    """The names in `given` that the schema knows; it refuses the others without a look."""
    known = [field.data_key or name for name, field in schema.fields.items()]
    return [name for name in known if name in given]


class StrictParser(FlaskParser):
    """webargs, with our JSON reader and without its habit of dropping what it does not know."""

    # None leaves it to the schema, and a schema of ours refuses what it does not name.
    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {}  # noqa: RUF012 - webargs reads it so

    def _raw_load_json(self, req: flask.Request) -> Any:
        body = bodies.receive()
        if not body:
            return core.missing
        if not is_json_request(req):
            raise UnsupportedMediaType("Send application/json.")
        try:
            return strict_json.loads(body)
        except strict_json.NotJson as error:
            raise BadRequest(str(error)) from error

    def pre_load(
        self,
        location_data: Mapping[str, Any],
        *,
        schema: Schema,
        req: flask.Request,  # noqa: ARG002 - the parser's own signature
        location: str,  # noqa: ARG002
    ) -> Mapping[str, Any]:
        """Refuse texts that no column can hold, by field, before any schema sees them."""
        if isinstance(location_data, Mapping):
            names = _named(schema, location_data)
            wrong = [name for name in names if not is_storable(location_data[name])]
            if wrong:
                raise ValidationError({name: ["Not a text that can be stored."] for name in wrong})
        return location_data

    def handle_error(
        self,
        error: ValidationError,
        req: flask.Request,  # noqa: ARG002 - the parser's own signature
        schema: Schema,
        *,
        error_status_code: int | None,  # noqa: ARG002
        error_headers: Mapping[str, str] | None,  # noqa: ARG002
    ) -> NoReturn:
        """Answer 422 with what is wrong with each field, wherever it stood."""
        found: dict[str, Any] = {}
        by_place = error.messages if isinstance(error.messages, dict) else {"": error.messages}
        for problems in by_place.values():
            found.update(problems if isinstance(problems, dict) else {"body": problems})
        told = dict(islice(found.items(), MOST_TOLD))
        abort(422, exc=error, message=_summary(by_place, schema), errors=told)


def _summary(by_place: Mapping[str, Any], schema: Schema) -> str:
    """Which names are wrong, and what the address takes where one is unknown."""
    unknown = schema.error_messages["unknown"]
    for place, problems in by_place.items():
        if not isinstance(problems, Mapping):
            continue
        strange = [str(name) for name, words in problems.items() if words == [unknown]]
        if strange:
            known = sorted(field.data_key or name for name, field in schema.load_fields.items())
            what = "query parameter" if place == "query" else "field"
            takes = f"it takes {', '.join(known)}" if known else "it takes none"
            names = ", ".join(strange[:MOST_NAMED])[:LONGEST_NAMES]
            return f"This address has no {what} {names}; {takes}."
    return "Some fields are not right."
