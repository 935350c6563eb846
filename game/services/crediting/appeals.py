"""A member says that a buyer is theirs; the creator grants or refuses it, in time or it lapses.

An appeal moves nothing. One that is granted becomes a decision in the same transaction; one that
nobody decides within its days lapses, and all stays as it is. The member is told either way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from game.rules.refusals import Refusal
from game.services.crediting.deciding import Wanted, decide, turn_of
from game.services.ledger.posting import Posting
from game.services.members.store import lock_members
from game.services.platform.audit import Hand, note
from game.services.platform.keyset import Key, Page, cut
from game.services.progress.advancing import advance
from game.services.rulesets.charter import load_charter
from models.base import Json
from models.session import MEMBER, WORKER, Transaction, transaction

DAYS = 30
"""How long a creator has: as long as a review of fraud stands without a decision."""
MOST_OPEN = 10
"""Appeals of one member that wait at a time."""
LAPSE_A_STEP = 50
NEWEST = (2**63 - 1,)

COLUMNS = (
    "a.id, a.buyer, a.text, a.state, a.created_at, a.due_at, a.decided_at, a.answer, "
    "m.whop_user_id, m.username"
)
OF_MEMBERS = "FROM appeal a JOIN member m ON m.company_id = a.company_id AND m.id = a.member_id "


@dataclass(frozen=True, slots=True)
class Appeal:
    """A member's appeal. `buyer`: whom it is about, as the member wrote it.

    `state`: open, granted, refused or lapsed; `answer` is the creator's, empty without one.
    """

    id: int
    buyer: str
    text: str
    state: str
    created_at: datetime
    due_at: datetime
    decided_at: datetime | None
    answer: str
    user_id: str
    username: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a creator makes of an appeal: `granted` or `refused`; the rest as for a decision."""

    decision: str
    answer: str
    payment_id: str = ""


def appeal(company_id: str, member_id: int, buyer: str, text: str, now: datetime) -> Appeal:
    """Say that a buyer is this member's. While one about them is open it stays the only one.

    Whether there is such a buyer is not told. Refuses `too_many_appeals` and `not_found`.
    """
    with transaction(MEMBER, company_id) as tx:
        if not tx.rows(
            "SELECT FROM member WHERE company_id = %s AND id = %s FOR NO KEY UPDATE",
            (company_id, member_id),
        ):
            raise Refusal("not_found", "There is no such member.", {"member_id": str(member_id)})
        waiting = _read(
            tx, "a.company_id = %s AND a.member_id = %s AND a.state = 'open'", company_id, member_id
        )
        for one in waiting:
            if one.buyer == buyer:
                return one
        if len(waiting) >= MOST_OPEN:
            words = f"{MOST_OPEN} of your appeals wait for an answer already."
            raise Refusal("too_many_appeals", words, {"most": MOST_OPEN})
        [(number,)] = tx.rows(
            "INSERT INTO appeal (company_id, member_id, buyer, text, created_at, due_at) "
            "VALUES (%s, %s, %s, %s, %s, %s) RETURNING id",
            (company_id, member_id, buyer, text, now, now + timedelta(days=DAYS)),
        )
        [made] = _read(tx, "a.company_id = %s AND a.id = %s", company_id, number)
        return made


def review(hand: Hand, appeal_id: int, buyer_id: str, verdict: Verdict, now: datetime) -> Appeal:
    """Grant or refuse an open appeal; granted, the buyer is credited to its member.

    Refuses `not_found`, `appeal_closed`, and what a decision refuses; then nothing is changed.
    """
    company_id = hand.company_id
    with turn_of(company_id) as tx:
        found = tx.rows(
            "SELECT a.member_id, a.state, m.whop_user_id "
            f"{OF_MEMBERS} WHERE a.company_id = %s AND a.id = %s FOR NO KEY UPDATE OF a",
            (company_id, appeal_id),
        )
        if not found:
            raise Refusal("not_found", "There is no such appeal.", {"appeal_id": str(appeal_id)})
        member_id, state, user_id = found[0]
        if state != "open":
            raise Refusal("appeal_closed", "This appeal is decided.", {"state": state})
        if verdict.decision == "granted":
            wanted = Wanted(buyer_id, user_id, verdict.payment_id, f"appeal {appeal_id}")
            decide(tx, hand, wanted, now)
        tx.run(
            "UPDATE appeal SET state = %s, decided_at = %s, decided_by = %s, answer = %s, "
            "buyer_id = %s WHERE company_id = %s AND id = %s",
            (
                verdict.decision,
                now,
                hand.user_id,
                verdict.answer,
                buyer_id if verdict.decision == "granted" else "",
                company_id,
                appeal_id,
            ),
        )
        details = {"decision": verdict.decision, "buyer_id": buyer_id}
        note(tx, hand, "appeal.review", str(appeal_id), details, now)
        _tell(tx, company_id, member_id, TITLES[verdict.decision], verdict.answer, now)
        [made] = _read(tx, "a.company_id = %s AND a.id = %s", company_id, appeal_id)
        return made


TITLES = {
    "granted": "Your appeal was granted",
    "refused": "Your appeal was refused",
    "lapsed": "Nobody decided on your appeal",
}


def read_appeals(
    tx: Transaction, company_id: str, member_id: int | None, after: Key | None, limit: int
) -> Page[Appeal]:
    """A member's appeals; with None all of the company's, the open ones first. Newest first."""
    if member_id is None:
        rank, number = after or (1, *NEWEST)
        found = _read(
            tx,
            "a.company_id = %s AND ((a.state = 'open')::int, a.id) < (%s, %s)",
            company_id,
            rank,
            number,
            order="(a.state = 'open')::int DESC, a.id DESC",
            limit=limit + 1,
        )
        return cut(found, limit, lambda one: (int(one.state == "open"), one.id))
    _, number = after or (1, *NEWEST)
    found = _read(
        tx,
        "a.company_id = %s AND a.member_id = %s AND a.id < %s",
        company_id,
        member_id,
        number,
        limit=limit + 1,
    )
    return cut(found, limit, lambda one: (1, one.id))


def lapse_step(progress: Json, scheduled_for: datetime, now: datetime) -> Json | None:  # noqa: ARG001
    """Close the next appeals whose time is over, and tell their members."""
    with transaction(WORKER) as tx:
        due = tx.rows(
            "SELECT company_id, id, member_id FROM appeal WHERE state = 'open' AND due_at <= %s "
            "ORDER BY due_at, company_id, id LIMIT %s",
            (now, LAPSE_A_STEP),
        )
    for company_id, number, member_id in due:
        with transaction(WORKER, company_id) as tx:
            if tx.run(
                "UPDATE appeal SET state = 'lapsed', decided_at = %s "
                "WHERE company_id = %s AND id = %s AND state = 'open'",
                (now, company_id, number),
            ):
                words = f"It lay for {DAYS} days. You may write to your creator and appeal again."
                _tell(tx, company_id, member_id, TITLES["lapsed"], words, now)
    return {"done": len(due)} if len(due) == LAPSE_A_STEP else None


def _tell(  # noqa: PLR0913, PLR0917 - whom, what, when
    tx: Transaction, company_id: str, member_id: int, title: str, text: str, now: datetime
) -> None:
    """Tell the member what became of it, under their lock."""
    charter = load_charter(tx, company_id)
    members = lock_members(tx, [(company_id, member_id)])
    posting = Posting(now)
    posting.changes[company_id, member_id].tell(
        "system_notification", severity="info", title=title, text=text
    )
    advance(tx, posting, {company_id: charter}, members)


def _read(
    tx: Transaction, which: str, *values: object, order: str = "a.id DESC", limit: int = 100
) -> list[Appeal]:
    rows = tx.rows(
        f"SELECT {COLUMNS} {OF_MEMBERS} WHERE {which} ORDER BY {order} LIMIT %s",
        (*values, limit),
    )
    return [Appeal(*row) for row in rows]
