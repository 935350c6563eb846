"""A kind of notice is one row: what it must hold is held where it is told, and shown in the API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from structlog.testing import capture_logs

from game.services.members.store import lock_members, store_members
from game.services.notices import kinds as notice_kinds
from game.services.notices.announcing import announce
from game.services.notices.kinds import KINDS, NoticeKind
from models.session import WORKER, transaction
from settings import Settings
from tests.support.news import reader
from tests.support.settling import COMPANY, differences
from tests.support.telling import SECOND, pay, referrer, rows, settle
from web.app import create_app

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LEVEL = {"level": 2, "previous_level": 1}
ROW = NoticeKind(
    "lantern_lit",
    about="Somebody lit a lantern.",
    data={"street": str, "lanterns": int},
    makes_old=("Profile",),
    pops_up=False,
)


def tell(kind: str, data: dict[str, Any]) -> None:
    """Announce one notice to one member, as a posting does."""
    hero = reader(COMPANY)
    key = (COMPANY, hero.member_id)
    with transaction(WORKER) as tx:
        members = lock_members(tx, [key])
        announce(tx, members, {key: [(kind, data)]}, NOW)
        store_members(tx, list(members.values()))


def told() -> list[tuple[Any, ...]]:
    with transaction(WORKER) as tx:
        return tx.rows("SELECT type, data FROM notice")


@pytest.mark.parametrize(
    ("kind", "data", "fault"),
    [
        ("level_up", {"level": 2}, "missing required field `previous_level`"),
        ("level_up", LEVEL | {"levle": 2}, "unknown field `levle`"),
        ("level_up", LEVEL | {"level": "2"}, "Expected `int`, got `str`"),
        ("level_up", LEVEL | {"level": True}, "Expected `int`, got `bool`"),
        ("level_up", LEVEL | {"level": None}, "Expected `int`, got `null`"),
        ("quest_available", {"quest_ids": ["1"], "window": "yearly"}, "Invalid enum value"),
        ("level_pu", LEVEL, "no such kind"),
    ],
)
def test_what_is_not_of_its_kind_is_logged_told_and_named_by_verify(
    settings: Settings, kind: str, data: dict[str, Any], fault: str
) -> None:
    with capture_logs() as logs:
        tell(kind, data)

    [entry] = [line for line in logs if line["event"] == "notice_not_of_its_kind"]
    assert (entry["log_level"], entry["type"], entry["seq"]) == ("error", kind, 1)
    assert fault in entry["fault"]
    assert told() == [(kind, data)]
    assert any("notice." in found for found in differences(NOW))


def test_a_payment_settles_whatever_is_wrong_with_its_notice(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    referrer("ABCD2345", NOW)
    monkeypatch.delitem(KINDS, "referral_completed")

    pay("pay_1", "user_b", NOW, ref="ABCD2345")
    with capture_logs() as logs:
        settle(NOW + SECOND)

    assert rows("SELECT state, count(*) FROM inbox GROUP BY 1") == [("handled", 1)]
    assert rows("SELECT count(*) FROM receipt WHERE kind = 'payment'") == [(1,)]
    numbers = [seq for (seq,) in rows("SELECT seq FROM notice ORDER BY seq")]
    assert numbers == list(range(1, len(numbers) + 1))
    assert [line["type"] for line in logs if line["event"] == "notice_not_of_its_kind"] == [
        "referral_completed"
    ]
    assert any("notice.data" in found for found in differences(NOW))


def test_one_more_row_is_told_verified_and_described(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(KINDS, ROW.name, ROW)

    tell("lantern_lit", {"street": "Long Lane", "lanterns": 12})
    document = create_app().test_client().get("/api/v1/openapi.json").json or {}

    assert told() == [("lantern_lit", {"street": "Long Lane", "lanterns": 12})]
    assert differences(NOW) == []
    assert document["x-notice-kinds"]["lantern_lit"] == {
        "makes_old": ["Profile"],
        "pops_up": False,
    }
    shapes = document["components"]["schemas"]
    assert shapes["LanternLitData"]["properties"] == {
        "street": {"type": "string"},
        "lanterns": {"type": "integer"},
    }
    assert shapes["LanternLitNotice"]["properties"]["type"]["enum"] == ["lantern_lit"]
    chosen = shapes["Notice"]["discriminator"]["mapping"]["lantern_lit"]
    assert chosen == "#/components/schemas/LanternLitNotice"


def test_verify_finds_a_notice_that_is_not_of_its_kind(settings: Settings) -> None:
    reader(COMPANY).note()
    with transaction(WORKER) as tx:
        tx.run("""UPDATE notice SET data = data || '{"severity": "loud"}'""")

    [found] = differences(NOW)
    assert "notice.data" in found
    assert "Invalid enum value 'loud'" in found


def test_every_row_says_when_it_is_told_and_is_read_again_by_known_names() -> None:
    known = set(get_args(notice_kinds.Answers))

    for kind in KINDS.values():
        assert len(kind.about) > 20, kind.name
        assert set(kind.makes_old) <= known, kind.name
        # A gap is an empty text or a 0: JSON Schema and OpenAPI 3.0 say "or null" differently.
        assert None not in kind.data.values(), kind.name
