"""How requests are read: strict JSON, and every unknown field or parameter refused by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NoReturn

import flask
from marshmallow import Schema, ValidationError
from webargs import core
from webargs.flaskparser import FlaskParser, abort, is_json_request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from game.services.platform import strict_json

_UNSTORABLE = re.compile("[\\x00\\ud800-\\udfff]")
"""What Postgres takes in no text: NUL and half characters."""


def is_storable(value: Any) -> bool:
    """True where every text in `value`, however deep, can be stored."""
    if isinstance(value, str):
        return not _UNSTORABLE.search(value)
    if isinstance(value, Mapping):
        return all(is_storable(each) for pair in value.items() for each in pair)
    return not isinstance(value, list) or all(is_storable(each) for each in value)


class StrictParser(FlaskParser):
    """webargs, with our JSON reader and without its habit of dropping what it does not know."""

    # None leaves it to the schema, and a schema of ours refuses what it does not name.
    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {}  # noqa: RUF012 - webargs reads it so

    def _raw_load_json(self, req: flask.Request) -> Any:
        body = req.get_data(cache=True)
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
        schema: Schema,  # noqa: ARG002 - the parser's own signature
        req: flask.Request,  # noqa: ARG002
        location: str,  # noqa: ARG002
    ) -> Mapping[str, Any]:
        """Refuse texts that no column can hold, by field, before any schema sees them."""
        if isinstance(location_data, Mapping):
            wrong = [name for name, value in location_data.items() if not is_storable(value)]
            if wrong:
                raise ValidationError({name: ["Not a text that can be stored."] for name in wrong})
        return location_data

    def handle_error(
        self,
        error: ValidationError,
        req: flask.Request,  # noqa: ARG002 - the parser's own signature
        schema: Schema,  # noqa: ARG002
        *,
        error_status_code: int | None,  # noqa: ARG002
        error_headers: Mapping[str, str] | None,  # noqa: ARG002
    ) -> NoReturn:
        """Answer 422 with what is wrong with each field, wherever it stood."""
        found: dict[str, Any] = {}
        by_place = error.messages if isinstance(error.messages, dict) else {"": error.messages}
        for problems in by_place.values():
            found.update(problems if isinstance(problems, dict) else {"body": problems})
        abort(422, exc=error, message="Some fields are not right.", errors=found)
