"""Commissions whose hold is over are found buyer by buyer and become payable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from game.services.members.joining import ensure_company, ensure_members
from game.services.scheduled import holds
from models.session import WORKER, transaction
from settings import Settings
from tests.support.workers import deliver_body, payment, settle_all

PAID = datetime(2026, 11, 2, 18, 4, 15, 611000, tzinfo=UTC)
DUE = PAID + timedelta(days=30)


def earn(company_id: str = "biz_a") -> None:
    """Settle a payment of 46.56 (tax 2.46) that credits the member `user_ref`."""
    now = PAID + timedelta(minutes=1)
    with transaction(WORKER) as tx:
        ensure_company(tx, company_id, PAID - timedelta(days=1))
        member = ensure_members(tx, company_id, {"user_ref": "Ref"}, PAID)["user_ref"]
        tx.run(
            "INSERT INTO referral_code (company_id, code, member_id, created_at)"
            " VALUES (%s, 'ABCDEFGH', %s, %s) ON CONFLICT DO NOTHING",
            (company_id, member, PAID - timedelta(days=1)),
        )
    body = payment(company_id)
    body["data"]["metadata"] = {"wl_ref": "ABCDEFGH"}
    deliver_body(body, now)
    settle_all(now)


def release(now: datetime) -> int:
    """Run the whole job as of `now`; in how many steps."""
    steps, progress = 0, dict[str, object]()
    while (following := holds.release_step(progress, now, now)) is not None:
        progress, steps = following, steps + 1
    return steps


def money() -> list[tuple[object, ...]]:
    with transaction(WORKER) as tx:
        return tx.rows(
            "SELECT company_id, pending_minor, payable_minor FROM balance ORDER BY company_id"
        )


@pytest.mark.parametrize(("seconds", "expected"), [(-1, (441, 0)), (0, (0, 441))])
def test_commission_is_released_when_its_hold_is_over(
    settings: Settings, seconds: int, expected: tuple[int, int]
) -> None:
    earn()

    release(DUE + timedelta(seconds=seconds))

    assert money() == [("biz_a", *expected)]


def test_second_run_moves_nothing(settings: Settings) -> None:
    earn()
    release(DUE)

    again = release(DUE + timedelta(hours=1))

    assert again == 0
    assert money() == [("biz_a", 0, 441)]


def test_all_buyers_of_all_companies_are_released_over_several_steps(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holds, "BUYERS_A_STEP", 2)
    for company in ("biz_a", "biz_a", "biz_b", "biz_b", "biz_b"):
        earn(company)

    steps = release(DUE)

    assert steps == 3
    assert money() == [("biz_a", 0, 882), ("biz_b", 0, 1323)]


def test_held_commission_does_not_keep_the_job_busy(settings: Settings) -> None:
    earn()
    with transaction(WORKER) as tx:
        # As a wrong projection would look: due, and settling it changes nothing.
        tx.run("UPDATE payment_effect SET due_at = %s", (DUE - timedelta(days=40),))

    assert release(PAID + timedelta(minutes=2)) == 1
