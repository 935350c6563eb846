"""What a preview came to, as creators read it: money, XP, levels, quests, classes, who gains."""

from __future__ import annotations

from collections import Counter
from typing import Any

from game.rules.levels import level_now
from game.rules.money import WHOLE_BP
from game.rules.preview_sums import Pair, Sums, warnings
from game.rules.ruleset import RuleSet
from game.services.previews.comparison import Comparison
from models.session import Transaction

MOST_NAMED = 10
"""Members named on each side, those whose money changes most first, then XP."""

CHANGED = """
SELECT p.member_id, m.username, m.avatar_url, m.lifetime_xp, m.prestige_level,
  p.xp_now, p.xp_then, p.usd_now_cents, p.usd_then_cents
FROM rule_preview_member p JOIN member m ON m.company_id = p.company_id AND m.id = p.member_id
WHERE p.company_id = %s AND p.preview_id = %s
"""


def build(tx: Transaction, over: Comparison, preview_id: int) -> dict[str, Any]:
    """The result of a preview whose steps are done, in one query."""
    sums, since = over.sums, over.since
    now_rules, then_rules = over.today.rules.at(since), over.draft.rules.at(since)
    xp, usd, levels_now, levels_then = Pair(), Pair(), Counter[int](), Counter[int]()
    sides: Counter[str] = Counter()
    members = []
    for row in tx.rows(CHANGED, (over.company_id, preview_id)):
        number, name, avatar, lifetime, prestige, xp_now, xp_then, usd_now, usd_then = row
        xp.add(xp_now, xp_then)
        usd.add(usd_now, usd_then)
        level, level_then = (
            level_now(lifetime, prestige, now_rules),
            level_now(lifetime + xp_then - xp_now, prestige, then_rules),
        )
        levels_now[level] += 1
        levels_then[level_then] += 1
        sides[_side((usd_then - usd_now, xp_then - xp_now))] += 1
        members.append(
            {
                "member_id": str(number),
                "username": name,
                "avatar_url": avatar,
                "xp": _pair(Pair(xp_now, xp_then)),
                "usd_cents": _pair(Pair(usd_now, usd_then)),
                "level": _pair(Pair(level, level_then)),
            }
        )
    members.sort(key=_change)
    return {
        "payments": sums.payments,
        "members": {side: sides[side] for side in ("gain", "lose", "same")},
        "commission": [
            {
                way: {
                    "amount_minor": amount,
                    "currency": currency,
                    "exponent": sums.exponents[currency],
                }
                for way, amount in _pair(pair).items()
            }
            for currency, pair in sorted(sums.money.items())
        ],
        "usd_cents": _pair(usd),
        "xp": _pair(xp),
        "level_average_hundredths": _pair(Pair(_average(levels_now), _average(levels_then))),
        "quests": _quests(sums, now_rules, then_rules),
        "classes": [
            {
                "character_class": name,
                "xp": _pair(sums.class_xp[name]),
                "usd_cents": _pair(sums.class_usd_cents[name]),
            }
            for name in sorted(sums.class_xp)
        ],
        "most_gained": [one for one in reversed(members) if _change(one) > (0, 0)][:MOST_NAMED],
        "most_lost": [one for one in members if _change(one) < (0, 0)][:MOST_NAMED],
        "warnings": warnings(sums, xp),
    }


def _quests(sums: Sums, now: RuleSet, then: RuleSet) -> list[dict[str, Any]]:
    titles = {one.key: one.title for rules in (now, then) for one in rules.quests.templates}
    return [
        {
            "template": template,
            "title": titles.get(template, template),
            "given": given,
            "done_bp": _pair(
                Pair(
                    sums.quests_done[template].now * WHOLE_BP // given,
                    sums.quests_done[template].then * WHOLE_BP // given,
                )
            ),
        }
        for template, given in sorted(sums.quests.items())
    ]


def _change(one: dict[str, Any]) -> tuple[int, int]:
    money, xp = one["usd_cents"], one["xp"]
    return (money["then"] - money["now"], xp["then"] - xp["now"])


def _side(change: tuple[int, int]) -> str:
    """More money is a gain whatever the XP does; without a change of money XP decides."""
    if change == (0, 0):
        return "same"
    return "gain" if change > (0, 0) else "lose"


def _average(levels: Counter[int]) -> int:
    """The average level in hundredths, rounded down; 0 where nobody is."""
    count = levels.total()
    return sum(level * 100 * many for level, many in levels.items()) // count if count else 0


def _pair(pair: Pair) -> dict[str, int]:
    return {"now": pair.now, "then": pair.then}
