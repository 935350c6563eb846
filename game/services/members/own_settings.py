"""What a member sets about themselves: whether others see their name, and what pops up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from game.services.members.profile import no_such_member
from models.session import MEMBER, Transaction, transaction


@dataclass(frozen=True, slots=True)
class OwnSettings:
    """`silent_kinds`: kinds of notices that stand in the list and do not pop up."""

    anonymous: bool
    silent_kinds: frozenset[str]


def read_settings(tx: Transaction, company_id: str, member_id: int) -> OwnSettings:
    """A member's settings, in one query. Raises the refusal `not_found`."""
    rows = tx.rows(
        "SELECT anonymous, silent_kinds FROM member WHERE company_id = %s AND id = %s",
        (company_id, member_id),
    )
    if not rows:
        raise no_such_member(member_id)
    return OwnSettings(rows[0][0], frozenset(rows[0][1]))


def change_settings(
    company_id: str, member_id: int, pops_up: Mapping[str, bool], *, anonymous: bool | None
) -> OwnSettings:
    """Set what is named and leave the rest; under the member's lock, as two pages may ask at once.

    `pops_up`: by kind of notice. `anonymous` None = as it is.
    """
    with transaction(MEMBER, company_id) as tx:
        tx.run(
            "SELECT FROM member WHERE company_id = %s AND id = %s FOR NO KEY UPDATE",
            (company_id, member_id),
        )
        was = read_settings(tx, company_id, member_id)
        silenced = {kind for kind, is_on in pops_up.items() if not is_on}
        told = {kind for kind, is_on in pops_up.items() if is_on}
        silent = (was.silent_kinds | silenced) - told
        hidden = was.anonymous if anonymous is None else anonymous
        tx.run(
            "UPDATE member SET anonymous = %s, silent_kinds = %s WHERE company_id = %s AND id = %s",
            (hidden, json.dumps(sorted(silent)), company_id, member_id),
        )
        return OwnSettings(hidden, frozenset(silent))
