"""From a rule set's JSON document to its parts. Every problem is named, none is repaired."""

from __future__ import annotations

from typing import cast

from game.rules.document_reader import Reader
from game.rules.money import WHOLE_BP
from game.rules.ruleset_parts import (
    DAILY_SLOTS,
    Ability,
    Achievement,
    AttributionRules,
    BoardRules,
    CharacterClass,
    CommissionRules,
    GuildRules,
    LeagueRules,
    LessonXp,
    PrestigeRules,
    QuestRules,
    QuestScaling,
    QuestTemplate,
    RallyRules,
    RarityBounds,
    SaleXp,
    WindowKind,
)

WINDOWS = ("daily", "weekly", "monthly")
CONDITIONS = ("", "lessons_recent", "in_guild", "locked_achievements")
TARGETS = (
    "visits", "lessons", "messages", "clicks", "referrals", "commission", "quests", "level",
    "achievements",
)  # fmt: skip
METRICS = (
    "conversions", "earned_usd_cents", "level_ever", "quests_claimed", "streak", "prestige",
    "guild_joined", "guild_led", "class_chosen", "weekly_first",
)  # fmt: skip


def read_attribution(found: Reader) -> AttributionRules:
    part = AttributionRules(
        window_days=found.whole("window_days", most=3650),
        new_buyers_only=found.flag("new_buyers_only"),
    )
    found.finish()
    return part


def _mode(found: Reader) -> str:
    mode = found.word("mode", ("ledger", "mirror"))
    if mode == "mirror":
        found.note("mode", "'mirror' is not supported yet: it would pay like 'ledger'")
    return mode


def read_commission(found: Reader) -> CommissionRules:
    part = CommissionRules(
        mode=_mode(found),
        rate_bp=found.whole("rate_bp", most=WHOLE_BP),
        cap_bp=found.whole("cap_bp", most=WHOLE_BP),
        applies_to=found.word("applies_to", ("all_payments", "first_payment")),
        max_months=found.whole_or_none("max_months", least=1, most=1200),
        hold_days=found.whole("hold_days", most=3650),
        min_payout_usd_cents=found.whole("min_payout_usd_cents"),
    )
    found.finish()
    return part


def read_sale_xp(found: Reader) -> SaleXp:
    part = SaleXp(
        points=found.whole("points", most=10**6),
        per_dollar=found.whole("per_dollar", most=10**6),
        max_dollar_points=found.whole("max_dollar_points", most=10**6),
    )
    found.finish()
    return part


def read_lesson_xp(found: Reader) -> LessonXp:
    part = LessonXp(
        points=found.whole("points", most=10**6), max_a_day=found.whole("max_a_day", most=10**6)
    )
    found.finish()
    return part


def read_class(found: Reader, key: str) -> CharacterClass:
    ability = found.part_or_none("ability")
    part = CharacterClass(
        key=key,
        title=found.text("title"),
        xp_bp=found.whole("xp_bp", least=1, most=10**6),
        commission_bp=found.whole("commission_bp", most=10**6),
        ability=read_ability(ability) if ability else None,
    )
    found.finish()
    return part


def read_ability(found: Reader) -> Ability:
    kind = found.word("kind", ("conversion", "big_sale", "rally"))
    part = Ability(
        name=found.text("name"),
        kind=kind,  # type: ignore[arg-type]  # one of the three, or the set is refused
        bonus_bp=found.whole("bonus_bp", most=10**6),
        min_usd_cents=found.whole("min_usd_cents") if kind == "big_sale" else 0,
    )
    found.finish()
    return part


def read_classes(found: Reader) -> tuple[dict[str, CharacterClass], str, int]:
    """Read all classes, the name of the one a member starts in, and the days between changes."""
    change_days = found.whole("change_days", most=3650)
    named = found.part("of")
    classes = {key: read_class(named.part(key), key) for key in list(named.values)}
    start = found.word("start", classes)
    found.finish()
    return classes, start, change_days


def read_rally(found: Reader) -> RallyRules:
    part = RallyRules(
        conversions=found.whole("conversions", least=1, most=1000),
        hours=found.whole("hours", least=1, most=24 * 366),
    )
    found.finish()
    return part


def read_prestige(found: Reader) -> PrestigeRules:
    part = PrestigeRules(
        from_level=found.whole("from_level", least=2, most=10_000),
        times=found.whole("times", most=1000),
        bonus_bp=found.whole("bonus_bp", most=10**6),
    )
    found.finish()
    return part


def read_guilds(found: Reader) -> GuildRules:
    part = GuildRules(
        max_members=found.whole("max_members", least=1, most=1000),
        level_coefficient=found.whole("level_coefficient", least=1, most=10**6),
        quest_min_members=found.whole("quest_min_members", least=1, most=1000),
        quest_reward_xp=found.whole("quest_reward_xp", most=10**6),
        muster_least=found.whole("muster_least", least=1, most=10**6),
        rumour_clicks=found.whole("rumour_clicks", least=1, most=10**6),
    )
    found.finish()
    return part


def read_boards(found: Reader) -> BoardRules:
    part = BoardRules(
        close_hours=found.whole("close_hours", most=24 * 366),
        show_commission=found.flag("show_commission"),
    )
    found.finish()
    return part


def read_leagues(found: Reader) -> LeagueRules:
    part = LeagueRules(
        enabled=found.flag("enabled"),
        min_members=found.whole("min_members", least=1, most=10**6),
        active_days=found.whole("active_days", least=1, most=366),
        measured_days=found.whole("measured_days", least=1, most=366),
        group_size=found.whole("group_size", least=2, most=1000),
        move_divisor=found.whole("move_divisor", least=2, most=1000),
    )
    found.finish()
    return part


def read_coefficient(found: Reader) -> int:
    coefficient = found.whole("coefficient", least=1, most=10**6)
    found.finish()
    return coefficient


def read_quests(found: Reader) -> QuestRules:
    levels = found.part("difficulty_levels")
    difficulties = {name: levels.whole(name, least=1, most=10_000) for name in list(levels.values)}
    part = QuestRules(
        weekly=found.whole("weekly", most=10),
        monthly=found.whole("monthly", most=10),
        close_hours=found.whole("close_hours", most=24 * 366),
        lessons_recent_days=found.whole("lessons_recent_days", most=3650),
        difficulty_levels=difficulties,
        scaling=read_scaling(found.part("scaling")),
        templates=tuple(read_template(item, difficulties) for item in found.each("templates")),
    )
    name_doubles(found, "templates", [template.key for template in part.templates])
    found.finish()
    return part


def read_scaling(found: Reader) -> QuestScaling:
    part = QuestScaling(
        start_percent=found.whole("start_percent", least=1, most=10_000),
        percent_a_level=found.whole("percent_a_level", most=10_000),
        max_percent=found.whole("max_percent", least=1, most=10_000),
        scaled_targets=found.words("scaled_targets", TARGETS),
    )
    found.finish()
    return part


def read_template(found: Reader, difficulties: dict[str, int]) -> QuestTemplate:
    window = cast("WindowKind", found.word("window", WINDOWS))
    part = QuestTemplate(
        key=found.text("key", longest=60),
        title=found.text("title"),
        description=found.text("description", longest=1000),
        window=window,
        slot=found.word("slot", DAILY_SLOTS if window == "daily" else (window,)),
        difficulty=found.word("difficulty", difficulties),
        target_type=found.word("target_type", TARGETS),
        target=found.whole("target", least=1),
        reward_xp=found.whole("reward_xp", most=10**6),
        condition=found.word("condition", CONDITIONS),
    )
    found.finish()
    return part


def read_achievements(found: Reader) -> tuple[Achievement, ...]:
    """Read all badges in the document's order: by metric, then by step."""
    read = [
        achievement
        for group in found.each("achievements")
        for achievement in read_steps(group, group.word("metric", METRICS))
    ]
    name_doubles(found, "achievements", [achievement.key for achievement in read])
    return tuple(read)


def read_steps(group: Reader, metric: str) -> list[Achievement]:
    steps = []
    for found in group.each("steps"):
        steps.append(
            Achievement(
                key=found.text("key", longest=60),
                metric=metric,
                title=found.text("title"),
                description=found.text("description", longest=1000),
                threshold=found.whole("threshold", least=1),
                reward_xp=found.whole("reward_xp", most=10**6),
            )
        )
        found.finish()
    group.finish()
    return steps


def read_rarity(found: Reader) -> RarityBounds:
    part = RarityBounds(
        common=found.whole("common"), rare=found.whole("rare"), epic=found.whole("epic")
    )
    if not part.common <= part.rare <= part.epic:
        found.note("", "common, rare and epic must not fall")
    found.finish()
    return part


def name_doubles(found: Reader, key: str, names: list[str]) -> None:
    """Note every key that is given twice: progress is kept under it."""
    for name in sorted({name for name in names if names.count(name) > 1}):
        found.note(key, f"{name!r} stands there twice")
