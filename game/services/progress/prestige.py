"""A prestige: the run begins anew, with more XP for everything from this second on.

A moment and a fact in one, settled at once under the member's lock. Nothing is booked for it: the
run's XP is the lifetime XP less the cost of all runs.
"""

from __future__ import annotations

from datetime import datetime

from game.rules import levels
from game.rules.prestige import is_used_up, may_prestige, xp_to_prestige
from game.rules.refusals import Refusal
from game.rules.ruleset import RuleSet
from game.services.ledger.posting import Posting
from game.services.members.store import MemberState
from game.services.progress.acts import add_fact, locked
from game.services.progress.advancing import advance
from game.services.rulesets.charter import load_charter
from models.outgoing import Wake
from models.session import MEMBER, transaction

FIRST_LEVEL = 1


def prestige(company_id: str, member_id: int, now: datetime, wanted: int | None = None) -> int:
    """Begin the member's run anew; their prestige level from this second on.

    `wanted` is the prestige level the caller means to have; a member who has it already stays as
    they are, so asking twice begins one run. Refuses `prestige_used_up` (details: `times`) and
    `prestige_too_early` (details: `from_level`, `level`, `xp_missing`).
    """
    with transaction(MEMBER, company_id) as tx:
        charter = load_charter(tx, company_id)
        rules = charter.rules.at(now)
        member = locked(tx, company_id, member_id)
        if wanted is not None and wanted <= member.prestige_level:
            return member.prestige_level
        _refuse(member, rules, wanted)
        level = levels.level_now(member.lifetime_xp, member.prestige_level, rules)
        member.prestige_level += 1
        member.level_reached = FIRST_LEVEL
        second, value = now.replace(microsecond=0), str(member.prestige_level)
        # Left for the next batch as well: a payment of this very second may have been faster.
        add_fact(tx, member, "prestige", value, value, second, settled=False)
        begun = member.prestige_level
        member.history = locked(tx, company_id, member_id).history
        posting = Posting(now)
        posting.changes[member.key].tell("level_up", level=FIRST_LEVEL, previous_level=level)
        advance(tx, posting, {company_id: charter}, {member.key: member})
        tx.send(Wake())
        return begun


def _refuse(member: MemberState, rules: RuleSet, wanted: int | None) -> None:
    if is_used_up(member.prestige_level, rules):
        times = rules.prestige.times
        raise Refusal("prestige_used_up", f"A run begins anew {times} times.", {"times": times})
    too_far = wanted is not None and wanted > member.prestige_level + 1
    if too_far or not may_prestige(member.lifetime_xp, member.prestige_level, rules):
        details = {
            "from_level": rules.prestige.from_level,
            "level": levels.level_now(member.lifetime_xp, member.prestige_level, rules),
            "xp_missing": xp_to_prestige(member.lifetime_xp, member.prestige_level, rules),
        }
        words = f"A run can begin anew from level {rules.prestige.from_level} on."
        raise Refusal("prestige_too_early", words, details)
