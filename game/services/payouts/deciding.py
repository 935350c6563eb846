"""Decisions of creators about payouts: agree, refuse, and note what was paid by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from game.rules.payouts import Agreement, agree, check_move
from game.rules.refusals import Refusal
from game.services.inbox.turns import take_turn
from game.services.members.store import lock_members
from game.services.payouts.audit import note
from game.services.payouts.requesting import TURN_MS
from game.services.payouts.sending import wanted
from game.services.payouts.store import Changes, Payout, creators_of, lock_payouts
from game.services.rulesets.charter import load_charters
from models.session import WORKER, Transaction, transaction


@dataclass(frozen=True, slots=True)
class Decider:
    """The creator who decides, and when they signed in."""

    company_id: str
    member_id: int
    user_id: str
    signed_in_at: datetime


def approve(decider: Decider, payout_id: int, now: datetime) -> None:
    """Agree to a payout. Once everybody needed has, it is sent, or waits to be paid by hand.

    Refuses `not_found`, `payout_state` (details: state), `second_person_needed` and
    `fresh_sign_in_needed`.
    """

    def decide(tx: Transaction, changes: Changes, payout: Payout, creators: int) -> None:
        if payout.state != "requested":
            raise Refusal("payout_state", f"This payout is {payout.state}.",
                          {"state": payout.state})  # fmt: skip
        first = None
        if payout.first_by and payout.first_at is not None:
            first = Agreement(payout.first_by, payout.first_at)
        two = payout.needs_second or payout.member_id == decider.member_id
        payout.needs_second = two
        is_alone = creators <= 1
        if agree(first, decider.user_id, decider.signed_in_at, two=two, is_alone=is_alone) == (
            "first"
        ):
            payout.first_by, payout.first_at = decider.user_id, now
            changes.touch(payout)
            changes.tell(payout)
            return
        if first is None:
            payout.first_by, payout.first_at = decider.user_id, now
        else:
            payout.second_by = decider.user_id
        changes.step(payout, "approved", decider.user_id)
        if payout.method == "whop":
            payout.next_attempt_at = now
            tx.send(wanted(payout.company_id, payout.id))

    _decide(decider, "payouts.approve", payout_id, now, decide)


def reject(decider: Decider, payout_id: int, reason: str, now: datetime) -> None:
    """Refuse a payout that cannot have been sent yet; its money is payable again.

    Refuses `not_found`, `payout_state`, and `payout_being_sent`.
    """

    def decide(_: Transaction, changes: Changes, payout: Payout, __: int) -> None:
        _check_unsent(payout)
        check_move(payout.state, "rejected")
        changes.step(payout, "rejected", decider.user_id, reason)

    _decide(decider, "payouts.reject", payout_id, now, decide)


def mark_paid(decider: Decider, payout_id: int, note: str, now: datetime) -> None:
    """Note that an approved payout was paid by hand. It is never sent through Whop after that.

    Refuses `not_found`, `payout_state`, and `payout_being_sent`.
    """

    def decide(_: Transaction, changes: Changes, payout: Payout, __: int) -> None:
        _check_unsent(payout)
        check_move(payout.state, "paid")
        payout.method = "manual"
        changes.step(payout, "paid", decider.user_id, note)

    _decide(decider, "payouts.mark_paid", payout_id, now, decide)


def _check_unsent(payout: Payout) -> None:
    if payout.state == "sending" or (payout.state == "approved" and payout.first_sent_at):
        raise Refusal("payout_being_sent", "Whop has been asked to pay this already.")


def _decide(
    decider: Decider,
    action: str,
    payout_id: int,
    now: datetime,
    decide: Callable[[Transaction, Changes, Payout, int], None],
) -> None:
    """Lock what the decision bears on, let it be made, and write what follows."""
    company = decider.company_id
    with transaction(WORKER, company, lock_ms=TURN_MS) as tx:
        take_turn(tx, company)
        payees = tx.rows(
            "SELECT member_id FROM payout WHERE company_id = %s AND id = %s", (company, payout_id)
        )
        if not payees:
            raise Refusal("not_found", "There is no such payout.", {"payout_id": str(payout_id)})
        creators = creators_of(tx, company)
        members = lock_members(tx, {(company, payees[0][0]), *creators})
        payout = lock_payouts(tx, [(company, payout_id)])[company, payout_id]
        changes = Changes(now, members, creators, load_charters(tx, [company]))
        decide(tx, changes, payout, len(creators))
        changes.write(tx)
        details = {"state": payout.state, "amount_minor": payout.amount_minor}
        details |= {"currency": payout.currency, "member_id": payout.member_id}
        note(tx, company, decider.user_id, action, str(payout_id), details, now)
