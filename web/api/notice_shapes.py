"""The kinds of notices in the OpenAPI document: a shape for each, and what a page does about it.

Beside the shapes the document carries `x-notice-kinds`, for pages that want the rows as data.
"""

from __future__ import annotations

from typing import Any

import msgspec
from apispec import APISpec

from game.services.notices.kinds import KINDS, NoticeKind

AT = {"type": "string", "format": "date-time"}
SCHEMAS = "#/components/schemas/"


def describe(spec: APISpec) -> None:
    """Let `Notice` be one of the kinds, told apart by `type`."""
    schemas = spec.components.schemas
    _, shapes = msgspec.json.schema_components(
        [kind.shape for kind in KINDS.values()], ref_template=SCHEMAS + "{name}"
    )
    schemas |= shapes
    schemas |= {_name(kind): _shape(kind) for kind in KINDS.values()}
    schemas["Notice"] = {
        "description": "One thing the member was told; a type you do not know is to be ignored.",
        "oneOf": [{"$ref": SCHEMAS + _name(kind)} for kind in KINDS.values()],
        "discriminator": {
            "propertyName": "type",
            "mapping": {kind.name: SCHEMAS + _name(kind) for kind in KINDS.values()},
        },
    }
    spec.options["x-notice-kinds"] = {
        kind.name: {"makes_old": list(kind.makes_old), "pops_up": kind.pops_up}
        for kind in KINDS.values()
    }


def _name(kind: NoticeKind) -> str:
    return f"{kind.shape.__name__.removesuffix('Data')}Notice"


def _shape(kind: NoticeKind) -> dict[str, Any]:
    fields = {
        "id": {"type": "integer"},
        "type": {"type": "string", "enum": [kind.name]},
        "data": {"$ref": SCHEMAS + kind.shape.__name__},
        "at": AT,
    }
    return {
        "type": "object",
        "description": kind.about,
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }
