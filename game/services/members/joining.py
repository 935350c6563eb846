"""Companies and members come into being with the first event or call that names them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from game.services.platform import bulk
from models.session import Transaction


def ensure_companies(tx: Transaction, company_ids: Iterable[str], now: datetime) -> None:
    """Make the companies that are not there yet. Harmless when called twice."""
    rows = [{"company_id": company_id, "created_at": now} for company_id in sorted(company_ids)]
    if not rows:
        return
    tx.put(
        "INSERT INTO company (company_id, created_at) SELECT c, %s FROM unnest(%s::text[]) c "
        "WHERE NOT EXISTS (SELECT FROM company WHERE company_id = c) ON CONFLICT DO NOTHING",
        (now, [row["company_id"] for row in rows]),
    )


def ensure_company(tx: Transaction, company_id: str, now: datetime) -> None:
    """Make one company if it is not there yet."""
    ensure_companies(tx, [company_id], now)


def ensure_members(
    tx: Transaction, company_id: str, users: Mapping[str, str], now: datetime
) -> dict[str, int]:
    """Make the members that are missing (Whop user id → username, may be empty); all their ids.

    A username that is known is refreshed, an empty one never overwrites. The company must exist.
    """
    return {
        user: member_id
        for (_, user), member_id in ensure_members_of_many(
            tx, {(company_id, user): name for user, name in users.items()}, now
        ).items()
    }


def ensure_members_of_many(
    tx: Transaction, users: Mapping[tuple[str, str], str], now: datetime
) -> dict[tuple[str, str], int]:
    """Like `ensure_members`, for the users of several companies at once."""
    if not users:
        return {}
    known = _known(tx, users)
    missing = [
        {
            "company_id": company,
            "whop_user_id": user,
            "username": users[company, user],
            "username_lower": users[company, user].lower(),
            "created_at": now,
        }
        for company, user in sorted(users)
        if (company, user) not in known
    ]
    if missing:
        columns = ", ".join(missing[0])
        tx.put(
            f"INSERT INTO member ({columns}) SELECT {columns} "  # noqa: S608 - our own names
            "FROM json_populate_recordset(NULL::member, %s::json) "
            "ON CONFLICT (company_id, whop_user_id) DO NOTHING",
            (bulk.to_json(missing),),
        )
        known = _known(tx, users)
    renamed = [
        {"company_id": company, "id": member_id, "username": name, "username_lower": name.lower()}
        for (company, user), (member_id, old_name) in known.items()
        if (name := users[company, user]) and name != old_name
    ]
    bulk.update(tx, "member", renamed, key="company_id id", columns="username username_lower")
    return {key: member_id for key, (member_id, _) in known.items()}


def _known(
    tx: Transaction, users: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], tuple[int, str]]:
    rows = tx.rows(
        "SELECT m.company_id, m.whop_user_id, m.id, m.username "
        "FROM unnest(%s::text[], %s::text[]) AS k (company_id, whop_user_id) "
        "JOIN member m USING (company_id, whop_user_id)",
        bulk.pairs(users),
    )
    return {(company, user): (member_id, name) for company, user, member_id, name in rows}
