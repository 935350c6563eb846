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

    A username that is known is refreshed, as of `now`; an empty one never overwrites. The company
    must exist.
    """
    return {
        user: member_id
        for (_, user), member_id in ensure_members_of_many(
            tx, {(company_id, user): name for user, name in users.items()}, now
        ).items()
    }


def ensure_members_of_many(
    tx: Transaction,
    users: Mapping[tuple[str, str], str],
    now: datetime,
    told_at: Mapping[tuple[str, str], datetime] | None = None,
) -> dict[tuple[str, str], int]:
    """Like `ensure_members`, for the users of several companies at once.

    `told_at`: when a name was told, where that is not now. The newest telling's name stays,
    whenever the others arrive.
    """
    told_at = told_at or {}
    if not users:
        return {}
    known = _known(tx, users)
    missing = [
        {
            "company_id": company,
            "whop_user_id": user,
            "username": users[company, user],
            "username_lower": users[company, user].lower(),
            "named_at": told_at.get((company, user), now) if users[company, user] else None,
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
        {
            "company_id": key[0],
            "id": member_id,
            "username": name,
            "username_lower": name.lower(),
            "named_at": told_at.get(key, now),
        }
        for key, (member_id, named_at) in known.items()
        if (name := users[key]) and (named_at is None or named_at < told_at.get(key, now))
    ]
    columns = "username username_lower named_at"
    bulk.update(tx, "member", renamed, key="company_id id", columns=columns)
    return {key: member_id for key, (member_id, _) in known.items()}


def _known(
    tx: Transaction, users: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], tuple[int, datetime | None]]:
    rows = tx.rows(
        "SELECT m.company_id, m.whop_user_id, m.id, m.named_at "
        "FROM unnest(%s::text[], %s::text[]) AS k (company_id, whop_user_id) "
        "JOIN member m USING (company_id, whop_user_id)",
        bulk.pairs(users),
    )
    return {(company, user): (member_id, at) for company, user, member_id, at in rows}
