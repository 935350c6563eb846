"""The words members read beside figures: titles of quests, badges and receipts."""

from __future__ import annotations

from game.rules.ruleset import Rules
from game.rules.ruleset_parts import Achievement, QuestTemplate

PAYOUT_TITLES = {"payout": "Payout", "payout_returned": "Payout that came back"}
PAYMENT_TITLES = {
    "conversion": "New referral",
    "renewal": "Renewal of a referral",
    "refund": "Refunded payment",
    "dispute": "Disputed payment",
    "dispute_won": "Dispute won",
    "held": "Commission on hold",
    "released": "Commission released",
    "recomputed": "Recalculated payment",
    "banned": "Payment without reward",
}


GUILD_QUESTS = {"muster": "Muster", "rumour": "Rumour"}


def receipt_title(
    kind: str, reason: str, source_id: str, template: str | None, rules: Rules
) -> str:
    """What a receipt is about, in a few words. `template` is a quest receipt's quest."""
    if kind == "quest":
        found = quest_template(rules, template or "") or rules.catalogue.newest(template or "")
        return f"Quest: {found.title}" if found else "Quest"
    if kind == "achievement":
        badge = achievement(rules, source_id)
        return f"Achievement: {badge.title}" if badge else "Achievement"
    if kind == "guild_quest":
        return f"Guild quest: {GUILD_QUESTS.get(reason.partition(':')[2], 'done')}"
    if kind == "lesson":
        return "Lesson completed" if reason == "lesson" else "Recalculated lesson"
    if kind == "payout":
        return PAYOUT_TITLES.get(reason, "Payout")
    return PAYMENT_TITLES.get(reason, "Payment")


def quest_template(rules: Rules, key: str, version: int | None = None) -> QuestTemplate | None:
    """A quest's template as `version` words it, else as the newest version that has it."""
    found = None
    for each in rules.all():
        for template in each.quests.templates:
            if template.key == key:
                found = template
        if found is not None and each.version == version:
            break
    return found


def achievement(rules: Rules, key: str) -> Achievement | None:
    """An achievement as the newest version that has it words it."""
    made = rules.catalogue.newest(key)
    if isinstance(made, Achievement):
        return made
    for each in reversed(rules.all()):
        for one in each.achievements:
            if one.key == key:
                return one
    return None
