"""The kinds of notices: what each tells, which answers it makes old, whether it pops up.

One row is all the server needs for a kind. What is told is held against its row before it is
numbered, and the OpenAPI document is made from the rows, from which the pages take their types.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from game.rules.leagues import TIERS
from game.rules.ruleset_parts import WindowKind
from game.services.rulesets.wording import PAYMENT_TITLES

Answers = Literal["Profile", "Quests", "Receipts", "Achievements", "Referrals", "Guilds", "Boards"]
"""Groups of answers that a page keeps and reads again together."""
MONEY_MOVED: tuple[Answers, ...] = ("Profile", "Receipts", "Quests", "Referrals", "Achievements")


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """One row. Every field of `data` is told each time; a gap is an empty text or a 0.

    `makes_old`: the answers that may be others now. `pops_up`: shown when it arrives, and not only
    in the list.
    """

    name: str
    about: str
    data: Mapping[str, Any]
    makes_old: tuple[Answers, ...]
    pops_up: bool
    shape: type[msgspec.Struct] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Make of the fields what checks them."""
        title = "".join(word.capitalize() for word in self.name.split("_"))
        shape = msgspec.defstruct(f"{title}Data", self.data.items(), forbid_unknown_fields=True)
        object.__setattr__(self, "shape", shape)


def one_of(words: Mapping[str, Any] | tuple[str, ...]) -> Any:
    """The type of a field that is one of these words."""
    return Literal[tuple(words)]


GUILD_NEWS = (
    "invited",
    "requested",
    "accepted",
    "declined",
    "removed",
    "role",
    "disbanded",
    "reported",
    "quest_completed",
)
MONEY = {"currency": str, "exponent": int}

KINDS: Mapping[str, NoticeKind] = {
    kind.name: kind
    for kind in (
        NoticeKind(
            "quest_available",
            about="Quests of a new window are there.",
            data={"quest_ids": list[str], "window": WindowKind | Literal["special"]},
            makes_old=("Quests",),
            pops_up=True,
        ),
        NoticeKind(
            "quest_completed",
            about="A quest is finished; its reward waits to be claimed.",
            data={"quest_id": str, "title": str, "reward_xp": int},
            makes_old=("Quests",),
            pops_up=True,
        ),
        NoticeKind(
            "level_up",
            about="A level was reached, once per level and run; level 1 by a prestige.",
            data={"level": int, "previous_level": int},
            makes_old=("Profile",),
            pops_up=True,
        ),
        NoticeKind(
            "achievement_unlocked",
            about="A badge, once and for good. `reward_xp` is before class and prestige.",
            data={
                "key": str,
                "title": str,
                "reward_xp": int,
                "rarity": Literal["common", "rare", "epic", "legendary"],
            },
            makes_old=("Achievements", "Profile", "Receipts"),
            pops_up=True,
        ),
        NoticeKind(
            "referral_completed",
            about="A referral's conversion, and what it earned.",
            data={"payment_id": str, "commission_minor": int, "xp": int, **MONEY},
            makes_old=MONEY_MOVED,
            pops_up=True,
        ),
        NoticeKind(
            "referral_reversed",
            about="A conversion was taken back by half or more; the amounts are what was lost.",
            data={"payment_id": str, "commission_minor": int, "xp": int, **MONEY},
            makes_old=MONEY_MOVED,
            pops_up=True,
        ),
        NoticeKind(
            "commission_changed",
            about="Any other change of what a payment earned; the amounts are differences.",
            data={
                "payment_id": str,
                "amount_minor": int,
                "xp": int,
                "reason": one_of(PAYMENT_TITLES),
                **MONEY,
            },
            makes_old=MONEY_MOVED,
            pops_up=True,
        ),
        NoticeKind(
            "payout_changed",
            about="How a payout stands: to whom it is paid (`mine`), and to the creators.",
            data={
                "payout_id": str,
                "state": Literal["requested", "approved", "sending", "paid", "failed", "rejected"],
                "amount_minor": int,
                "problem": str,
                "mine": bool,
                **MONEY,
            },
            makes_old=("Profile", "Receipts"),
            pops_up=True,
        ),
        NoticeKind(
            "guild_changed",
            about="What became of a guild concerns this member. `about`: a role, a name, a number.",
            data={
                "guild_id": str,
                "guild": str,
                "what": one_of(GUILD_NEWS),
                "about": str,
            },
            makes_old=("Guilds", "Profile", "Receipts"),
            pops_up=True,
        ),
        NoticeKind(
            "leaderboard_updated",
            about="A board closed with a place among the first, or a league's week ended. `board` "
            "league: `tier` is the one of the next week, `step` says whether that is up or down.",
            data={
                "board": Literal["weekly", "monthly", "league"],
                "category": Literal["xp", "referrals", "commission"],
                "rank": int,
                "members": int,
                "tier": one_of(("", *TIERS)),
                "step": int,
            },
            makes_old=("Boards",),
            pops_up=True,
        ),
        NoticeKind(
            "system_notification",
            about="Words of the company or of those who run the installation.",
            data={"severity": Literal["info", "warning", "error"], "title": str, "text": str},
            makes_old=(),
            pops_up=True,
        ),
    )
}

OF_PAYMENTS = tuple(kind.name for kind in KINDS.values() if "payment_id" in kind.data)
"""Kinds that tell of one payment."""


def misfit(kind: str, data: Mapping[str, Any]) -> str:
    """What is wrong with a notice by its row; empty = nothing. Takes a microsecond."""
    row = KINDS.get(kind)
    if row is None:
        return "there is no such kind"
    try:
        msgspec.convert(data, row.shape)
    except msgspec.ValidationError as error:
        return str(error)
    return ""
