"""Giving all members what a creator published: a quest whose window is open, an achievement.

A run looks at every member once, a thousand a step, and lets the rules find what follows for those
whom it concerns, exactly as for any other posting. What a step costs does not depend on how many
members there are. Whoever comes later finds what they lack by whatever they do next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from game.rules.achievements import asked
from game.rules.creations import SpecialQuest, open_quests
from game.rules.metrics import BADGE_METRICS
from game.rules.requirements import Reach, Requirement
from game.rules.ruleset_parts import Achievement
from game.services.ledger.posting import Posting
from game.services.members.store import lock_members
from game.services.platform import bulk
from game.services.progress.advancing import advance
from game.services.rulesets.charter import Charter, load_charter, load_charters
from models.base import Json
from models.session import WORKER, Transaction, transaction

COMPANIES_A_STEP = 100
MEMBERS_A_STEP = 1_000

LACKING_QUEST = (
    "m.level_ever >= %(level_from)s AND (%(level_to)s::int IS NULL OR m.level_ever <= %(level_to)s)"
    " AND (%(classes)s::text[] = '{}' OR m.character_class = ANY(%(classes)s))"
    " AND NOT EXISTS (SELECT FROM quest q WHERE q.company_id = m.company_id"
    "   AND q.member_id = m.id AND q.time_window = 'special' AND q.slot = %(key)s"
    "   AND q.starts_at = %(starts_at)s)"
)
LACKING_ACHIEVEMENT = (
    " AND NOT EXISTS (SELECT FROM achievement_unlock u WHERE u.company_id = m.company_id"
    "   AND u.member_id = m.id AND u.key = %(key)s)"
)


@dataclass(frozen=True, slots=True)
class Run:
    """One row of `creation_run` that is not finished."""

    company_id: str
    number: int
    starts_at: datetime
    through: int

    @property
    def name(self) -> str:
        return f"{self.company_id} {self.number} {self.starts_at.isoformat()}"


def step(progress: Json, scheduled_for: datetime, now: datetime) -> Json | None:  # noqa: ARG001
    """Begin the runs that are due, a hundred companies a step; then go on with one of them.

    A run whose members were held by somebody else goes through them once more, with a later tick.
    """
    rested: list[str] = list(progress.get("rested", []))
    with transaction(WORKER) as tx:
        if not progress.get("begun"):
            after = _begin(tx, str(progress.get("company", "")), now)
            return {"company": after, "begun": not after}
        run = _next_run(tx, rested)
        if run is None:
            return None
        if _go_on(tx, run, now):
            rested.append(run.name)
    return {"begun": True, "rested": rested}


def _begin(tx: Transaction, after: str, now: datetime) -> str:
    """Begin what is due in the next companies; the last of them, empty = these were all."""
    companies = [
        company
        for (company,) in tx.rows(
            "SELECT company_id FROM company WHERE company_id > %s AND catalogue_at IS NOT NULL "
            "ORDER BY 1 LIMIT %s",
            (after, COMPANIES_A_STEP),
        )
    ]
    due = {
        (company, number, starts_at)
        for company, charter in load_charters(tx, companies).items()
        for number, starts_at in _due(charter, now)
    }
    arrays = list(zip(*sorted(due), strict=True)) or [(), (), ()]
    tx.run(
        "INSERT INTO creation_run (company_id, number, starts_at, members, begun_at) "
        "SELECT k.company_id, k.number, k.starts_at, "
        "  (SELECT count(*) FROM member m WHERE m.company_id = k.company_id), %s "
        "FROM unnest(%s::text[], %s::bigint[], %s::timestamptz[]) "
        "  AS k (company_id, number, starts_at) "
        "WHERE NOT EXISTS (SELECT FROM creation_run r WHERE r.company_id = k.company_id "
        "  AND r.number = k.number AND r.starts_at = k.starts_at) ON CONFLICT DO NOTHING",
        (now, *(list(array) for array in arrays)),
    )
    return companies[-1] if len(companies) == COMPANIES_A_STEP else ""


def _due(charter: Charter, now: datetime) -> list[tuple[int, datetime]]:
    """What all members are to be looked at for: (version, moment) of open quests and badges."""
    catalogue = charter.rules.catalogue
    quests = open_quests(catalogue, now, charter.zones)
    badges = catalogue.achievements(now)
    return [(quest.number, window.starts_at) for quest, window in quests] + [
        (version.number, version.at)
        for version in catalogue.versions
        if version.at <= now and version.state == "published" and version.made in badges
    ]


def _next_run(tx: Transaction, rested: list[str]) -> Run | None:
    rows = tx.rows(
        "SELECT company_id, number, starts_at, through FROM creation_run "
        "WHERE finished_at IS NULL ORDER BY company_id, number, starts_at LIMIT %s",
        (len(rested) + 1,),
    )
    runs = (Run(*row) for row in rows)
    return next((run for run in runs if run.name not in rested), None)


def _go_on(tx: Transaction, run: Run, now: datetime) -> bool:
    """Look at the next members; True where the run has to wait for some of them."""
    charter = load_charter(tx, run.company_id)
    [(last, looked_at)] = tx.rows(
        "SELECT max(id), count(*) FROM (SELECT id FROM member WHERE company_id = %s AND id > %s "
        "ORDER BY id LIMIT %s) AS next",
        (run.company_id, run.through, MEMBERS_A_STEP),
    )
    condition = _condition(charter, run, now)
    if last is None or condition is None:
        [(skipped,)] = tx.rows(
            "UPDATE creation_run SET skipped = 0, through = 0, "
            "  looked_at = CASE WHEN skipped = 0 OR %(over)s THEN looked_at ELSE 0 END, "
            "  finished_at = CASE WHEN skipped = 0 OR %(over)s THEN %(now)s::timestamptz END "
            "WHERE company_id = %(company)s AND number = %(number)s AND starts_at = %(starts_at)s "
            "RETURNING (finished_at IS NULL)::int",
            {**_place(run), "over": condition is None, "now": now},
        )
        return bool(skipped)
    where, values = condition
    found = tx.rows(
        "SELECT m.id FROM member m WHERE m.company_id = %(company)s "  # noqa: S608 - our own names
        f"AND m.id > %(through)s AND m.id <= %(last)s AND {where} ORDER BY m.id",
        {**_place(run), **values, "through": run.through, "last": last},
    )
    members = lock_members(
        tx, [(run.company_id, member_id) for (member_id,) in found], skip_locked=True
    )
    advance(tx, Posting(now), {run.company_id: charter}, members)
    tx.run(
        "UPDATE creation_run SET through = %(last)s, looked_at = looked_at + %(looked_at)s, "
        "  given = given + %(given)s, skipped = skipped + %(skipped)s "
        "WHERE company_id = %(company)s AND number = %(number)s AND starts_at = %(starts_at)s",
        {
            **_place(run),
            "last": last,
            "looked_at": looked_at,
            "given": len(members),
            "skipped": len(found) - len(members),
        },
    )
    return False


def _place(run: Run) -> dict[str, object]:
    return {"company": run.company_id, "number": run.number, "starts_at": run.starts_at}


def _condition(
    charter: Charter, run: Run, now: datetime
) -> tuple[str, Mapping[str, object]] | None:
    """Which members a run concerns, as SQL over `member m`; None = it concerns nobody any more."""
    for quest, window in open_quests(charter.rules.catalogue, now, charter.zones):
        if (quest.number, window.starts_at) == (run.number, run.starts_at):
            return LACKING_QUEST, _audience(quest)
    for version in charter.rules.catalogue.versions:
        made = version.made
        is_ours = version.number == run.number and isinstance(made, Achievement)
        if is_ours and made in charter.rules.catalogue.achievements(now):
            values: dict[str, Any] = {"key": made.key}
            return _sql(asked(made), values) + LACKING_ACHIEVEMENT, values
    return None


def _audience(quest: SpecialQuest) -> dict[str, object]:
    return {
        "key": quest.key,
        "level_from": quest.audience.level_from,
        "level_to": quest.audience.level_to,
        "classes": sorted(quest.audience.classes),
    }


def _sql(requirement: Requirement, values: dict[str, Any]) -> str:
    """A requirement as SQL over `member`; its numbers go into `values`."""
    if isinstance(requirement, Reach):
        name = f"value_{len(values)}"
        values[name] = requirement.target
        return f"{BADGE_METRICS[requirement.metric].sql} >= %({name})s"
    between = " AND " if requirement.how == "all" else " OR "
    return f"({between.join(_sql(part, values) for part in requirement.parts)})"


def count_step(progress: Json, scheduled_for: datetime, now: datetime) -> Json | None:  # noqa: ARG001
    """Count who has which achievement, and members in all, in the next company."""
    with transaction(WORKER) as tx:
        rows = tx.rows(
            "SELECT company_id FROM company WHERE company_id > %s ORDER BY 1 LIMIT 1",
            (str(progress.get("company", "")),),
        )
        if not rows:
            return None
        [(company,)] = rows
        counted = tx.rows(
            "SELECT key, count(*) FROM achievement_unlock WHERE company_id = %s GROUP BY 1 "
            "UNION ALL SELECT '', count(*) FROM member WHERE company_id = %s",
            (company, company),
        )
        bulk.insert(
            tx,
            "achievement_share",
            [
                {"company_id": company, "key": key, "members": members, "counted_at": now}
                for key, members in counted
            ],
            key="company_id key",
            update="members counted_at",
        )
    return {"company": company}
