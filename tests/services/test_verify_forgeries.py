"""`legends verify` names forgeries of what the books were computed from, and of what was told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.support.settling import differences
from tests.support.tampering import found_after, lived_company

pytestmark = pytest.mark.usefixtures("settings")

NEWEST = (
    "SELECT 'pay:' || payment_id || ':' || version FROM payment_effect "
    "WHERE version > 1 AND kind <> 'none'"
)

RECEIPTS = {
    "what a payment was given": (
        ("UPDATE receipt SET inputs = inputs || '{{\"base_minor\": 1}}' "
        "WHERE {one} AND kind = 'payment'"),
        "receipt.inputs",
    ),
    "another class": (
        ("UPDATE receipt SET inputs = inputs || '{{\"class\": \"sage\"}}' "
        "WHERE {one} AND kind = 'payment'"),
        "receipt.inputs",
    ),
    "nothing given": ("UPDATE receipt SET inputs = '{{}}' WHERE {one}", "receipt.inputs"),
    "inputs that are no object": ("UPDATE receipt SET inputs = '[]' WHERE {one}", "receipt.inputs"),
    "points of a receipt that is not the newest": (
        ("UPDATE receipt SET inputs = inputs || '{{\"points\": 7}}' WHERE kind = 'payment' "
        "AND key LIKE '%:1' AND source_id IN (SELECT payment_id FROM payment_effect "
        "WHERE version > 1)"),
        "receipt.inputs.points",
    ),
    "the rules of a payment": (
        "UPDATE receipt SET rule_version = 7 WHERE {one} AND kind = 'payment'",
        "receipt.rule_version",
    ),
    "a reason nobody knows": (
        "UPDATE receipt SET reason = 'gift' WHERE {one} AND kind = 'payment'", "receipt.reason"
    ),
    "a first reason": (
        "UPDATE receipt SET reason = 'refund' WHERE {one} AND kind = 'payment'", "receipt.reason"
    ),
    "the moment of a payment": (
        "UPDATE receipt SET at = at - interval '1 hour' WHERE {one} AND kind = 'payment'",
        "receipt.at",
    ),
    "the payment": (
        "UPDATE receipt SET source_id = 'pay_forged' WHERE {one} AND kind = 'payment'",
        "receipt.key",
    ),
    "the moment of posting": (
        "UPDATE receipt SET posted_at = now() WHERE {one} AND kind = 'payment'", "notice.data"
    ),
    "a newest receipt without XP that vanishes": (
        f"DELETE FROM receipt WHERE xp = 0 AND key IN ({NEWEST})", "newest receipt of a payment"
    ),
    "a first receipt that vanishes": (
        ("DELETE FROM receipt WHERE key LIKE '%:1' AND source_id IN "
        "(SELECT payment_id FROM payment_effect WHERE version > 1)"),
        "receipt.key",
    ),
    "what a lesson was given": (
        ("UPDATE receipt SET inputs = inputs || '{{\"multiplier_bp\": 1}}' "
        "WHERE {one} AND kind = 'lesson'"),
        "receipt.inputs",
    ),
    "the rules of a lesson": (
        "UPDATE receipt SET rule_version = 7 WHERE {one} AND kind = 'lesson'",
        "receipt.rule_version",
    ),
    "the reason of a lesson": (
        "UPDATE receipt SET reason = 'recomputed' WHERE {one} AND kind = 'lesson'",
        "receipt.reason",
    ),
    "the moment of a lesson": (
        "UPDATE receipt SET at = at - interval '1 hour' WHERE {one} AND kind = 'lesson'",
        "receipt.at",
    ),
    "a lesson's receipt that vanishes": (
        "DELETE FROM receipt WHERE {one} AND kind = 'lesson'", "first receipt of a lesson"
    ),
    "the rules of a lesson's worth": (
        "UPDATE lesson_effect SET rule_version = 7 WHERE {one}", "lesson_effect.rule_version"
    ),
    **{
        f"{what} of a {kind}": (
            f"UPDATE receipt SET {change} WHERE {{one}} AND kind = '{kind}'", f"receipt.{what}"
        )
        for kind in ("quest", "achievement")
        for what, change in {
            "inputs": "inputs = inputs || '{{\"reward_xp\": 1}}'",
            "rule_version": "rule_version = 7",
            "reason": "reason = 'gift'",
            "at": "at = at - interval '1 hour'",
            "posted_at": "posted_at = posted_at - interval '1 hour'",
            "key": "key = key || 'x'",
        }.items()
    },
    "a multiplier nobody had": (
        ("UPDATE receipt SET inputs = inputs || '{{\"multiplier_bp\": 20000}}', xp = xp * 2 "
        "WHERE {one} AND kind = 'achievement'"),
        "receipt.inputs",
    ),
    "a kind that nobody writes": (
        "UPDATE receipt SET kind = 'gift' WHERE {one} AND kind = 'achievement'", "receipt.kind"
    ),
    "the worth of a badge": (
        "UPDATE achievement_unlock SET reward_xp = reward_xp + 1 WHERE {one}",
        "achievement_unlock.reward_xp",
    ),
    "the number of a payment's postings": (
        "UPDATE payment_effect SET version = version + 1 WHERE {one}", "payment_effect.version"
    ),
    "why a payment is worth what it is": (
        "UPDATE payment_effect SET reason = 'gift' WHERE {one}", "payment_effect.reason"
    ),
}  # fmt: skip

PAID_OUT = (
    "UPDATE movement SET credit = 'paid' WHERE {one} AND credit = 'pending'; "
    "UPDATE balance SET paid_minor = paid_minor + pending_minor, pending_minor = 0 WHERE {one}"
)

MONEY = {
    "the decimals of a balance": (
        "UPDATE balance SET exponent = exponent + 1 WHERE {one}", "balance.exponent"
    ),
    "a balance of nothing": (
        ("INSERT INTO balance (company_id, member_id, currency, exponent) "
        "SELECT company_id, id, 'chf', 2 FROM member WHERE {member}"),
        "balance without movements",
    ),
    "movements and balance alike": (PAID_OUT, "payment_effect against movements by account"),
    "movements, balance and effect alike": (
        (PAID_OUT + "; UPDATE payment_effect SET paid_minor = kept_minor WHERE {one}"),
        "movement between accounts",
    ),
    "what was paid out": (
        "UPDATE payment_effect SET paid_minor = paid_minor + 1 WHERE {one}",
        "payment_effect against movements by account",
    ),
    "the payment of a movement": (
        "UPDATE movement SET payment_id = 'pay_forged' WHERE {one}", "movement and its receipt"
    ),
    "the moment of a movement": (
        "UPDATE movement SET posted_at = now() WHERE {one}", "movement and its receipt"
    ),
    "the currency of movements and balances": (
        ("UPDATE movement SET currency = 'chf' WHERE {one} AND currency = 'usd'; "
        "UPDATE balance SET currency = 'chf' WHERE {one} AND currency = 'usd'"),
        "movement and its receipt",
    ),
    "two movements that cancel out": (
        ("UPDATE movement SET amount_minor = amount_minor + CASE key "
        "WHEN (SELECT min(key) FROM movement WHERE {one} AND debit = 'expense') THEN 1 "
        "WHEN (SELECT max(key) FROM movement WHERE {one} AND debit = 'expense') THEN -1 "
        "ELSE 0 END WHERE {one} AND debit = 'expense'"),
        "receipt.movements",
    ),
    "the name of a buyer": (
        "UPDATE referral SET buyer_name = 'Somebody Else' WHERE {one}", "referral.buyer_name"
    ),
}  # fmt: skip

QUESTS = {
    "another quest": (
        ("UPDATE quest SET template = CASE template WHEN 'show_up' THEN 'guild_talk' "
        "ELSE 'show_up' END WHERE {one}"),
        "quest.template",
    ),
    **{
        f"a quest's {what}": (f"UPDATE quest SET {change} WHERE {{one}}", f"quest.{what}")
        for what, change in {
            "first_day": "first_day = first_day - 1",
            "last_day": "last_day = last_day + 1",
            "starts_at": "starts_at = starts_at - interval '1 hour'",
            "ends_at": "ends_at = ends_at + interval '1 hour'",
            "assigned_at": "assigned_at = assigned_at - interval '1 s'",
            "time_window": "time_window = 'yearly'",
            "rule_version": "rule_version = 7",
            "baseline": "baseline = baseline + 1",
            "closed_at": "closed_at = now()",
        }.items()
    },
    "the place of a quest": (
        "UPDATE quest SET slot = slot || '_9' WHERE {one}", "quest.template"
    ),
    "when a quest was finished": (
        "UPDATE quest SET completed_at = NULL WHERE {one} AND state <> 'assigned'",
        "quest.completed_at",
    ),
    "when a quest was claimed": (
        "UPDATE quest SET claimed_at = claimed_at - interval '1 hour' WHERE {one}",
        "quest.claimed_at",
    ),
    "a claim taken back": (
        ("UPDATE quest SET state = 'completed', claimed_at = NULL "
        "WHERE {one} AND state = 'claimed'"),
        "quest.claimed_at",
    ),
    "a claim without its fact": (
        "DELETE FROM member_fact WHERE {one} AND kind = 'claim'", "quest.claimed_at"
    ),
    "an unclaimed quest that vanishes": (
        "DELETE FROM quest WHERE {one} AND state = 'assigned'", "notice.data"
    ),
    "a quest nobody was given": (
        ("INSERT INTO quest (company_id, member_id, template, time_window, slot, starts_at, "
        "ends_at, first_day, last_day, target_type, target, reward_xp, rule_version, assigned_at) "
        "SELECT company_id, member_id, template, time_window, 'ninth', starts_at, ends_at, "
        "first_day, last_day, target_type, target, reward_xp, rule_version, assigned_at "
        "FROM quest WHERE {one} LIMIT 1"),
        "quest.notice",
    ),
}  # fmt: skip

NOTICES = {
    "an unknown type": (
        "UPDATE notice SET type = 'gift' WHERE {one} AND type = 'level_up'", "notice.type"
    ),
    "another type for a payment": (
        ("UPDATE notice SET type = 'commission_changed' "
        "WHERE {one} AND type = 'referral_completed'"),
        "notice.data",
    ),
    "a payment notice of another type": (
        "UPDATE notice SET type = 'gift' WHERE {one} AND type = 'referral_completed'",
        "notice.type",
    ),
    **{
        f"{what} in {kind}": (
            (f"UPDATE notice SET data = data || '{{{{\"{what}\": {value}}}}}' "
            f"WHERE {{one}} AND type = '{kind}'"),
            place,
        )
        for kind, what, value, place in (
            ("referral_completed", "payment_id", '"pay_forged"', "notice.data"),
            ("referral_completed", "commission_minor", "999999", "notice.data"),
            ("referral_completed", "xp", "999999", "notice.data"),
            ("referral_completed", "currency", '"chf"', "notice.data"),
            ("commission_changed", "amount_minor", "999999", "notice.data"),
            ("commission_changed", "reason", '"gift"', "notice.data"),
            ("level_up", "level", "49", "notice.data"),
            ("level_up", "level", '"high"', "notice.data"),
            ("achievement_unlocked", "key", '"rich"', "notice.data"),
            ("achievement_unlocked", "title", '"Rich"', "notice.data"),
            ("achievement_unlocked", "rarity", '"mythic"', "notice.data"),
            ("quest_completed", "quest_id", '"987654"', "notice.data"),
            ("quest_completed", "reward_xp", "999999", "notice.data"),
            ("quest_available", "quest_ids", '["987654"]', "quest.notice"),
            ("quest_available", "quest_ids", '"none"', "notice.data"),
            ("quest_available", "window", '"yearly"', "notice.data"),
        )
    },
    "data that are no object": (
        "UPDATE notice SET data = '[]' WHERE {one}", "notice.data"
    ),
    "the moment of news": (
        "UPDATE notice SET at = at - interval '1 s' WHERE {one} AND type <> 'level_up'",
        "notice.at",
    ),
    "news of a badge that vanish": (
        ("DELETE FROM notice WHERE {one} AND type = 'achievement_unlocked'"),
        "notice achievement_unlocked",
    ),
    "a highest level above what was told": (
        "UPDATE member SET level_ever = level_ever + 1 WHERE {member}",
        "member.level_ever against notices",
    ),
    "a level above what was told": (
        ("UPDATE member SET level_reached = level_reached + 1, level_ever = level_ever + 1 "
        "WHERE {member}"),
        "member.level_reached against notices",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    "forgeries", [RECEIPTS, MONEY, QUESTS, NOTICES], ids=["receipts", "money", "quests", "notices"]
)
def test_every_forgery_is_named_and_honest_books_are_not(
    forgeries: dict[str, tuple[str, str]],
) -> None:
    now = datetime.now(UTC)
    member = lived_company(now)
    assert differences(now) == []
    unnamed = {}

    for name, (sql, place) in forgeries.items():
        found = found_after(sql, member, now)
        if not any(f": {place}" in line for line in found):
            unnamed[name] = found[:3]

    assert unnamed == {}
    assert differences(now) == []
