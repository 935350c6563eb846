"""Guilds against the facts: who is in them, what members brought, what was said, what was dealt.

A role and who led when are known from the rows alone; they are held against what must be true of
every guild.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime

from game.rules.calendar_windows import Zones
from game.rules.guilds import COUNTED
from game.rules.multipliers import multiplied
from game.rules.receipt_proof import multipliers_around
from game.services.guilds.dealing import SIZES, quest_for
from game.services.guilds.quests import RECEIPT, SUM
from game.services.rulesets.charter import Charter
from game.services.verifying.differences import Difference
from game.services.verifying.stories import Story
from models.session import Transaction

# When each member was in which guild: [since, until).
STAYS = """stay AS (
  SELECT member_id, nullif(value, '')::bigint AS guild_id, at AS since,
    lead(at) OVER (PARTITION BY member_id ORDER BY at, id) AS until
  FROM member_fact WHERE company_id = %(company)s AND kind = 'guild')
"""
DURING = "stay.guild_id IS NOT NULL AND at >= stay.since AND (until IS NULL OR at < stay.until)"

ROWS = {
    "guild_member and the member's fact": f"""
        WITH {STAYS}, wanted AS (
          SELECT member_id, guild_id FROM stay WHERE until IS NULL AND guild_id IS NOT NULL)
        SELECT coalesce(m.member_id, w.member_id), m.guild_id, w.guild_id
        FROM (SELECT member_id, guild_id FROM guild_member WHERE company_id = %(company)s) m
        FULL JOIN wanted w USING (member_id) WHERE m.guild_id IS DISTINCT FROM w.guild_id""",  # noqa: S608 - our own names
    "guild.members": """
        SELECT g.id, g.members, count(s.member_id) FROM guild g
        LEFT JOIN guild_member s ON s.company_id = g.company_id AND s.guild_id = g.id
        WHERE g.company_id = %(company)s
        GROUP BY g.id, g.members HAVING g.members <> count(s.member_id)""",
    "guild and its one leader": """
        SELECT g.id, count(s.member_id), 1 - (g.disbanded_at IS NOT NULL)::int FROM guild g
        LEFT JOIN guild_member s ON s.company_id = g.company_id AND s.guild_id = g.id
          AND s.role = 'leader'
        WHERE g.company_id = %(company)s GROUP BY g.id, g.disbanded_at
        HAVING count(s.member_id) <> 1 - (g.disbanded_at IS NOT NULL)::int""",
    "guild_share": f"""
        WITH {STAYS}, brought AS (
          SELECT member_id, at, xp_kept AS xp, counted::int AS referrals,
            usd_kept_cents AS earned FROM payment_effect
          WHERE company_id = %(company)s AND kind <> 'none'
          UNION ALL SELECT member_id, at, xp, 0, 0 FROM lesson_effect
          WHERE company_id = %(company)s
          UNION ALL SELECT member_id, at, xp, 0, 0 FROM receipt
          WHERE company_id = %(company)s AND kind NOT IN ('payment', 'lesson')),
        wanted AS (
          SELECT guild_id, member_id, sum(xp) AS xp, sum(referrals) AS referrals,
            sum(earned) AS earned
          FROM brought JOIN stay USING (member_id) WHERE {DURING} GROUP BY 1, 2),
        stored AS (
          SELECT guild_id, member_id, xp, referrals, earned_usd_cents AS earned
          FROM guild_share WHERE company_id = %(company)s)
        SELECT concat_ws(' ', guild_id, member_id),
          concat_ws(' ', coalesce(s.xp, 0), coalesce(s.referrals, 0), coalesce(s.earned, 0)),
          concat_ws(' ', coalesce(w.xp, 0), coalesce(w.referrals, 0), coalesce(w.earned, 0))
        FROM stored s FULL JOIN wanted w USING (guild_id, member_id)
        WHERE (coalesce(s.xp, 0), coalesce(s.referrals, 0), coalesce(s.earned, 0))
          <> (coalesce(w.xp, 0), coalesce(w.referrals, 0), coalesce(w.earned, 0))""",  # noqa: S608 - our own names
    "guild_entry.number": """
        SELECT g.id, concat_ws(' ', count(e.number), max(e.number)), g.entry_seq FROM guild g
        LEFT JOIN guild_entry e ON e.company_id = g.company_id AND e.guild_id = g.id
        WHERE g.company_id = %(company)s GROUP BY g.id, g.entry_seq
        HAVING count(e.number) <> g.entry_seq OR coalesce(max(e.number), 0) <> g.entry_seq""",
    "guild message and the member's fact": """
        SELECT coalesce(e.key, f.key), e.member_id, f.member_id FROM (
          SELECT guild_id || ':' || number AS key, member_id, at FROM guild_entry
          WHERE company_id = %(company)s AND type = 'guild_message') e
        FULL JOIN (SELECT key, member_id, at FROM member_fact
          WHERE company_id = %(company)s AND kind = 'message') f
          ON f.key = e.key AND f.member_id = e.member_id AND f.at = e.at
        WHERE e.key IS NULL OR f.key IS NULL""",
    "guild_entry.text": """
        SELECT concat_ws(' ', guild_id, number), 'a text', 'taken down' FROM guild_entry
        WHERE company_id = %(company)s AND deleted_at IS NOT NULL AND text <> ''""",
    "member.guilds_joined": """
        SELECT m.id, m.guilds_joined, count(f.id) FROM member m
        LEFT JOIN member_fact f ON f.company_id = m.company_id AND f.member_id = m.id
          AND f.kind = 'guild' AND f.value <> ''
        WHERE m.company_id = %(company)s
        GROUP BY m.id, m.guilds_joined HAVING m.guilds_joined <> count(f.id)""",
    "member.guild_led": """
        WITH held AS (
          SELECT nullif(f.value, '')::bigint AS guild_id,
            lag(nullif(f.value, '')::bigint)
              OVER (PARTITION BY f.member_id ORDER BY f.at, f.id) AS before, f.id
          FROM member_fact f WHERE f.company_id = %(company)s AND f.kind = 'guild'),
        moves AS (
          SELECT guild_id, 1 AS one, id FROM held WHERE guild_id IS NOT NULL
          UNION ALL SELECT before, -1, id FROM held WHERE before IS NOT NULL),
        sizes AS (
          SELECT guild_id, sum(one) OVER (PARTITION BY guild_id ORDER BY id) AS size FROM moves),
        most AS (
          SELECT f.member_id, max(s.size) AS size FROM member_fact f
          JOIN sizes s ON s.guild_id::text = f.value
          WHERE f.company_id = %(company)s AND f.kind = 'guild' GROUP BY 1)
        SELECT m.id, m.guild_led, coalesce(t.size, 0) || ' or less' FROM member m
        LEFT JOIN most t ON t.member_id = m.id
        WHERE m.company_id = %(company)s AND m.guild_led > coalesce(t.size, 0)
        UNION ALL
        SELECT m.id, m.guild_led, g.members || ' or more' FROM member m
        JOIN guild_member s ON s.company_id = m.company_id AND s.member_id = m.id
          AND s.role = 'leader'
        JOIN guild g ON g.company_id = s.company_id AND g.id = s.guild_id
        WHERE m.company_id = %(company)s AND m.guild_led < g.members""",
    "guild quest and its rewards": """
        SELECT concat_ws(' ', r.member_id, r.key), 'a reward', 'a completed quest of then'
        FROM receipt r LEFT JOIN guild_quest q ON q.company_id = r.company_id
          AND q.id::text = r.source_id
        WHERE r.company_id = %(company)s AND r.kind = 'guild_quest'
          AND (q.completed_at IS DISTINCT FROM r.at OR r.key <> 'guild_quest:' || q.id
            OR r.reason <> 'guild_quest:' || q.template
            OR r.inputs ->> 'reward_xp' <> q.reward_xp::text
            OR NOT EXISTS (SELECT FROM guild_week w WHERE w.company_id = q.company_id
              AND w.guild_id = q.guild_id AND w.starts_at = q.starts_at
              AND w.member_id = r.member_id))""",
    "guild_quest.rewarded": """
        SELECT q.id, q.rewarded, count(r.key) FROM guild_quest q
        LEFT JOIN receipt r ON r.company_id = q.company_id AND r.kind = 'guild_quest'
          AND r.source_id = q.id::text
        WHERE q.company_id = %(company)s
        GROUP BY q.id, q.rewarded HAVING q.rewarded <> count(r.key)""",
}

DONE = """
SELECT member_id, at, 'clicks', 1 FROM member_fact
WHERE company_id = %(company)s AND kind = 'click' AND settled
UNION ALL
SELECT member_id, at, 'referrals', 1 FROM payment_effect
WHERE company_id = %(company)s AND counts AND kind <> 'none'
"""
WEEKS_WANTED = f"""
WITH {STAYS}, done (member_id, at, what, one) AS ({DONE})
SELECT stay.guild_id, member_id, date_bin('15 minutes', at, timestamptz '2020-01-01 00:00Z'),
  what, sum(one)::bigint
FROM done JOIN stay USING (member_id) WHERE {DURING} GROUP BY 1, 2, 3, 4
"""  # noqa: S608 - our own names
WEEKS_STORED = """
SELECT guild_id, member_id, starts_at, referrals, clicks FROM guild_week
WHERE company_id = %(company)s
"""
QUESTS = f"""
SELECT q.id, q.guild_id, q.template, q.starts_at, q.ends_at, q.closes_at, q.members, q.target,
  q.reward_xp, q.rule_version, q.completed_at, q.is_open, {SUM}
FROM guild_quest q WHERE q.company_id = %(company)s ORDER BY q.id
"""  # noqa: S608 - our own names


def wrong_guilds(tx: Transaction, charter: Charter) -> Iterator[Difference]:
    """Everything about a company's guilds that the facts do not call for."""
    values = {"company": charter.company_id}
    for what, sql in ROWS.items():
        for subject, stored, computed in tx.rows(sql, values):
            yield Difference(charter.company_id, what, str(subject), str(stored), str(computed))
    yield from _wrong_weeks(tx, charter)
    yield from _wrong_quests(tx, charter)


def wrong_guild_rewards(charter: Charter, story: Story) -> Iterator[Difference]:
    """Rewards of guild quests against the multiplier their member had then."""
    for reward in story.rewards:
        if reward.kind != RECEIPT:
            continue
        rules = charter.rules.at(reward.at)
        multipliers = multipliers_around(story.history, reward.at, rules)
        bp, points = reward.inputs.get("multiplier_bp"), reward.inputs.get("reward_xp")
        is_right = isinstance(bp, int) and isinstance(points, int) and bp in multipliers
        wanted = multiplied(points, bp) if is_right else None  # type: ignore[arg-type]
        for name, stored, computed in (
            ("inputs", reward.inputs, {"reward_xp": points, "multiplier_bp": bp}),
            ("xp", reward.xp, wanted),
            ("posted_at", reward.posted_at, reward.at),
            ("rule_version", reward.rule_version, rules.version),
        ):
            if stored != computed:
                subject = f"member {reward.member_id}, {reward.key}"
                what = f"receipt.{name}"
                yield Difference(charter.company_id, what, subject, str(stored), str(computed))


def _wrong_weeks(tx: Transaction, charter: Charter) -> Iterator[Difference]:
    values = {"company": charter.company_id}
    wanted: Counter[tuple[int, int, datetime, str]] = Counter()
    for guild, member, at, what, count in tx.rows(WEEKS_WANTED, values):
        wanted[guild, member, _week(charter.zones, at), what] += count
    stored: Counter[tuple[int, int, datetime, str]] = Counter()
    for guild, member, starts_at, *counts in tx.rows(WEEKS_STORED, values):
        for what, count in zip(("referrals", "clicks"), counts, strict=True):
            stored[guild, member, starts_at, what] += count
    for place in sorted(wanted.keys() | stored.keys()):
        if stored[place] != wanted[place]:
            guild, member, starts_at, what = place
            subject = f"{guild} {member} {starts_at}"
            name = f"guild_week.{what}"
            yield Difference(
                charter.company_id, name, subject, str(stored[place]), str(wanted[place])
            )


def _wrong_quests(tx: Transaction, charter: Charter) -> Iterator[Difference]:
    """Each quest as it would be dealt again; complete only where it can have been."""
    sizes: dict[datetime, Mapping[int, int]] = {}
    for row in tx.rows(QUESTS, {"company": charter.company_id}):
        quest_id, guild, template, starts_at, ends_at, closes_at, *rest = row
        members, target, reward_xp, version, completed_at, is_open, together = rest
        if starts_at not in sizes:
            found = tx.rows(SIZES, {"company": charter.company_id, "at": starts_at})
            sizes[starts_at] = dict(found)
        window = charter.zones.window("weekly", starts_at)
        quest = quest_for(charter, guild, sizes[starts_at].get(guild, 0), window)
        least = charter.rules.at(window.starts_at).guilds.quest_min_members
        if quest.members < least:
            yield _of_quest(charter, "members", quest_id, quest.members, f"{least} or no quest")
        for name, stored, computed in (
            ("template", template, quest.template),
            ("starts_at", starts_at, window.starts_at),
            ("ends_at", ends_at, window.ends_at),
            ("closes_at", closes_at, quest.closes_at),
            ("members", members, quest.members),
            ("target", target, quest.target),
            ("reward_xp", reward_xp, quest.reward_xp),
            ("rule_version", version, quest.rule_version),
        ):
            if stored != computed:
                yield _of_quest(charter, name, quest_id, stored, computed)
        # Clicks are only ever added to; a conversion may move away after the moment.
        if completed_at and COUNTED.get(template) == "clicks" and together < target:
            yield _of_quest(charter, "completed_at", quest_id, completed_at, "not yet")
        if is_open and completed_at:
            yield _of_quest(charter, "is_open", quest_id, is_open, "done with")


def _week(zones: Zones, at: datetime) -> datetime:
    return zones.window("weekly", at).starts_at


def _of_quest(
    charter: Charter, what: str, quest_id: int, stored: object, computed: object
) -> Difference:
    return Difference(
        charter.company_id, f"guild_quest.{what}", str(quest_id), str(stored), str(computed)
    )
