"""A company's settings: versions of a value by key, the newest holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from models.session import Transaction

NAME = "company.name"
"""What members see instead of Whop's name; empty = Whop's."""
PLAN = "checkout.plan_id"
"""The plan the company's links sell; empty = see PRODUCT."""
PRODUCT = "checkout.product_id"
"""The product whose oldest visible plan they sell; empty = any product's."""

NOT_SET: Mapping[str, Any] = MappingProxyType({NAME: "", PLAN: "", PRODUCT: ""})


def read_settings(tx: Transaction, company_id: str) -> dict[str, Any]:
    """All settings of a company by key, in one query."""
    rows = tx.rows(
        "SELECT DISTINCT ON (key) key, value FROM system_config WHERE company_id = %s "
        "AND key = ANY(%s) ORDER BY key, version DESC",
        (company_id, sorted(NOT_SET)),
    )
    # An older version of this program wrote null for "not set".
    return {**NOT_SET, **{key: value for key, value in rows if value is not None}}


def write_setting(  # noqa: PLR0913, PLR0917 - the columns of a version
    tx: Transaction, company_id: str, key: str, value: Any, actor: str, now: datetime
) -> bool:
    """Write a new version of one setting; False where it says so already.

    The company's row must be locked, so that two at once do not make one version.
    """
    if read_settings(tx, company_id)[key] == value:
        return False
    tx.run(
        "INSERT INTO system_config (company_id, key, version, value, created_at, actor_user_id) "
        "SELECT %(company)s, %(key)s, coalesce(max(version), 0) + 1, %(value)s::jsonb, %(now)s, "
        "%(actor)s FROM system_config WHERE company_id = %(company)s AND key = %(key)s",
        {
            "company": company_id,
            "key": key,
            "value": json.dumps(value),
            "now": now,
            "actor": actor,
        },
    )
    return True
