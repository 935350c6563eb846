"""`legends verify`: silent over honest books, and every kind of tampering is named."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from cli.verify import verify as command
from tests.support.settling import (
    COMPANY,
    deliver_all,
    differences,
    drain_all,
    found_company,
    life,
)
from tests.support.tampering import found_after, lived_company
from tests.support.telling import as_owner, rows

pytestmark = pytest.mark.usefixtures("settings")

# What somebody with the owner's password changes, and the place `verify` must name for it.
TAMPERING = {
    "a balance": (
        "UPDATE balance SET pending_minor = pending_minor + 1 WHERE {one}", "balance"
    ),
    "a balance that vanishes": ("DELETE FROM balance WHERE {one}", "balance"),
    "the amount of a movement": (
        "UPDATE movement SET amount_minor = amount_minor + 1 WHERE {one}",
        "payment_effect.kept_minor against movements",
    ),
    "the account of a movement": (
        "UPDATE movement SET credit = 'payable' WHERE {one} AND credit = 'pending'", "balance"
    ),
    "the XP of a receipt": (
        "UPDATE receipt SET xp = xp + 1 WHERE {one} AND kind = 'payment'",
        "payment_effect.xp_kept against receipts",
    ),
    "the XP of a lesson's receipt": (
        "UPDATE receipt SET xp = xp + 1 WHERE {one} AND kind = 'lesson'",
        "lesson_effect.xp against receipts",
    ),
    "the XP of an achievement's receipt": (
        "UPDATE receipt SET xp = xp + 1 WHERE {one} AND kind = 'achievement'",
        "receipt.xp",
    ),
    "a quest's receipt that vanishes": (
        "DELETE FROM receipt WHERE {one} AND kind = 'quest'", "claimed quest and its receipt"
    ),
    "an achievement out of thin air": (
        ("INSERT INTO achievement_unlock (company_id, member_id, key, reward_xp, unlocked_at) "
        "SELECT company_id, id, 'rich', 4000, now() FROM member WHERE {member}"),
        "achievement and its receipt",
    ),
    "what a payment is worth": (
        ("UPDATE payment_effect SET commission_minor = commission_minor + 5, "
        "kept_minor = kept_minor + 5 WHERE {one} AND kept_minor > 0"),
        "payment_effect.kept_minor",
    ),
    "whom a payment credits": (
        "UPDATE payment_effect SET member_id = (SELECT max(id) FROM member) WHERE {one}",
        "payment_effect.member_id",
    ),
    "a payment effect that vanishes": ("DELETE FROM payment_effect WHERE {one}", "payment_effect"),
    "a payment effect without a payment": (
        ("INSERT INTO payment_effect SELECT (json_populate_record(NULL::payment_effect, "
        "(row_to_json(e)::jsonb || '{{\"payment_id\": \"pay_forged\"}}')::json)).* "
        "FROM payment_effect e WHERE {one} LIMIT 1"),
        "payment_effect without its payment",
    ),
    "the fact of a payment": (
        ("UPDATE payment SET total_minor = total_minor + 10000 WHERE payment_id IN "
        "(SELECT payment_id FROM payment_effect WHERE {one})"),
        "payment_effect.base_minor",
    ),
    "a refund that vanishes": ("DELETE FROM refund", "payment_effect.kept_minor"),
    "whose buyer somebody is": (
        "UPDATE referral SET member_id = (SELECT max(id) FROM member) WHERE {one}", "referral"
    ),
    "when a referral began": (
        "UPDATE referral SET started_at = started_at - interval '1 s' WHERE {one}",
        "referral.started_at",
    ),
    "what named the referrer": (
        "UPDATE referral SET source = 'membership' WHERE {one}", "referral.source"
    ),
    "which payment converted": (
        "UPDATE referral SET conversion_payment_id = 'pay_forged' WHERE {one}",
        "referral.conversion_payment_id",
    ),
    "when a referral converted": (
        "UPDATE referral SET conversion_at = conversion_at + interval '1 day' WHERE {one}",
        "referral.conversion_at",
    ),
    "a referral of nobody's": (
        ("INSERT INTO referral (company_id, buyer_id, member_id, payment_id, source, started_at) "
        "SELECT company_id, 'user_forged', id, 'pay_x', 'code', now() FROM member WHERE {member}"),
        "referral",
    ),
    "a lesson's day": ("UPDATE lesson_effect SET day = day - 1 WHERE {one}", "lesson_effect.day"),
    "a lesson's multiplier": (
        "UPDATE lesson_effect SET multiplier_bp = 1 WHERE {one}", "lesson_effect.multiplier_bp"
    ),
    "a lesson's worth": (
        "UPDATE lesson_effect SET xp = xp + 5 WHERE {one}", "lesson_effect.xp"
    ),
    "a member's XP": ("UPDATE member SET lifetime_xp = 5 WHERE {member}", "member.lifetime_xp"),
    "a member's referrals": (
        "UPDATE member SET total_referrals = total_referrals + 1 WHERE {member}",
        "member.total_referrals",
    ),
    "a member's dollars": (
        "UPDATE member SET earned_usd_cents = 0 WHERE {member}", "member.earned_usd_cents"
    ),
    "a member's claimed quests": (
        "UPDATE member SET quests_claimed = 99 WHERE {member}", "member.quests_claimed"
    ),
    "a member's clicks": ("UPDATE member SET clicks = 9 WHERE {member}", "member.clicks"),
    "a member's class": (
        "UPDATE member SET character_class = 'sage' WHERE {member}", "member.character_class"
    ),
    "a member's prestige": (
        "UPDATE member SET prestige_level = 3 WHERE {member}", "member.prestige_level"
    ),
    "a level never reached": (
        "UPDATE member SET level_reached = level_reached - 1 WHERE {member}", "member.level_reached"
    ),
    "a highest level below the present": (
        "UPDATE member SET level_ever = 1 WHERE {member}", "member.level_ever"
    ),
    "a streak forgotten": (
        "UPDATE member SET best_streak = 0 WHERE {member}", "member.best_streak"
    ),
    "a hole in the notices": (
        "DELETE FROM notice WHERE {one} AND seq = 2", "member.notice_seq"
    ),
    "the newest notice's number": (
        "UPDATE member SET notice_seq = notice_seq + 1 WHERE {member}", "member.notice_seq"
    ),
    "a finished quest that is not": (
        "UPDATE quest SET state = 'completed' WHERE {one} AND progress < target",
        "quest.state and progress",
    ),
    "a claim that never was": (
        ("UPDATE quest SET state = 'claimed', claimed_at = now(), progress = target WHERE {one} "
        "AND state = 'assigned'"),
        "claimed quest and its receipt",
    ),
    "conversions of a day": (
        "UPDATE member_day SET conversions = conversions + 1 WHERE {one}", "member_day"
    ),
    **{
        f"{what} moved to another day": (
            (f"UPDATE member_day d SET {what} = {what} + CASE day "
            "WHEN (SELECT min(day) FROM member_day WHERE {one}) THEN 1 "
            "WHEN (SELECT max(day) FROM member_day WHERE {one}) THEN -1 ELSE 0 END WHERE {one}"),
            f"member_day.{what}",
        )
        for what in ("visits", "clicks", "quests_claimed", "achievements", "messages")
    },
    "a quest's target": ("UPDATE quest SET target = target + 1 WHERE {one}", "quest.target"),
    "a quest's reward": (
        "UPDATE quest SET reward_xp = reward_xp + 1 WHERE {one}", "quest.reward_xp"
    ),
    "what a quest counts": (
        "UPDATE quest SET target_type = 'visits' WHERE {one}", "quest.target_type"
    ),
    "progress out of thin air": (
        ("UPDATE quest SET progress = progress + 1 WHERE {one} AND state = 'assigned' "
        "AND progress < target - 1"),
        "quest.progress",
    ),
    "progress forgotten": (
        "UPDATE quest SET progress = 0 WHERE {one} AND progress > 0 AND state = 'assigned'",
        "quest.progress",
    ),
    "a quest finished without doing it": (
        ("UPDATE quest SET progress = target, state = 'completed', completed_at = now() "
        "WHERE {one} AND state = 'assigned'"),
        "quest.progress",
    ),
    "a dead delivery without its letter": (
        "UPDATE inbox SET state = 'dead' WHERE seq = (SELECT min(seq) FROM inbox)",
        "inbox.state and dead letters",
    ),
}  # fmt: skip


def test_every_kind_of_tampering_is_named_and_undone_tampering_is_forgotten() -> None:
    now = datetime.now(UTC)
    member = lived_company(now)
    assert differences(now) == []
    unnamed = {}

    for name, (sql, place) in TAMPERING.items():
        found = found_after(sql, member, now)
        if not any(f": {place}" in line for line in found):
            unnamed[name] = found

    assert unnamed == {}
    assert differences(now) == []


def test_command_exits_with_one_and_names_the_row() -> None:
    now = datetime.now(UTC)
    pairs = found_company(now)
    deliver_all(life(pairs, now, 60), now)
    drain_all(now)
    honest = CliRunner().invoke(command, [])

    [(member,)] = rows("SELECT min(member_id) FROM balance")
    as_owner(f"UPDATE balance SET pending_minor = pending_minor + 1 WHERE member_id = {member}")
    tampered = CliRunner().invoke(command, ["--json", "--company", COMPANY])

    assert (honest.exit_code, honest.output) == (0, "1 company, 0 differences\n")
    assert tampered.exit_code == 1
    assert f'"subject": "{member} usd pending"' in tampered.output
