"""Notices: numbered per member without holes, stored, and handed to the browsers after commit."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import structlog

from game.rules.effects import NoticeDrafts
from game.services.ledger.posting import MemberKey
from game.services.members.store import MemberState
from game.services.notices import channels, kinds
from game.services.platform import bulk
from models.outgoing import Frames
from models.session import Transaction

log = structlog.get_logger(__name__)


def announce(
    tx: Transaction,
    members: Mapping[MemberKey, MemberState],
    drafts: Mapping[MemberKey, NoticeDrafts],
    now: datetime,
) -> None:
    """Number and store `drafts`, and note the frames for after the commit.

    One that is not what its row in `kinds` says is logged as an error and told all the same: a
    payment never waits for a fault of its notice. The members must be locked; their
    `notice_seq` is moved in memory, and whoever calls writes it with the other figures. A row per
    company in `notice_outbox` stays until Redis has them.
    """
    rows: list[dict[str, Any]] = []
    ranges: dict[str, list[tuple[int, int, int]]] = {}
    frames: dict[MemberKey, list[tuple[int, str]]] = {}
    for key in sorted(drafts):
        if not drafts[key]:
            continue
        member = members[key]
        first = member.notice_seq + 1
        for kind, data in drafts[key]:
            member.notice_seq += 1
            if wrong := kinds.misfit(kind, data):
                log.error(
                    "notice_not_of_its_kind",
                    company_id=member.company_id,
                    member_id=member.id,
                    seq=member.notice_seq,
                    type=kind,
                    fault=wrong,
                )
            rows.append(
                {
                    "company_id": member.company_id,
                    "member_id": member.id,
                    "seq": member.notice_seq,
                    "type": kind,
                    "data": data,
                    "at": now,
                }
            )
            frames.setdefault(key, []).append(
                (member.notice_seq, frame(member.notice_seq, kind, data, now))
            )
        ranges.setdefault(member.company_id, []).append((member.id, first, member.notice_seq))
    bulk.insert(tx, "notice", rows)
    outbox = _note_outbox(tx, ranges, now)
    for (company, member_id), its_frames in frames.items():
        channel = channels.of_member(company, member_id)
        tx.send(Frames(channel, its_frames, outbox[company]))


def frame(seq: int, kind: str, data: Mapping[str, Any], at: datetime, channel: str = "") -> str:
    """One numbered entry as the browser reads it; of another channel than its own by its name."""
    moment = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    place = {"channel": channel} if channel else {}
    return json.dumps({"id": seq, **place, "type": kind, "data": data, "at": moment})


def _note_outbox(
    tx: Transaction, ranges: Mapping[str, Collection[tuple[int, int, int]]], now: datetime
) -> dict[str, int]:
    rows = [
        {"company_id": company, "ranges": list(its_ranges), "created_at": now}
        for company, its_ranges in ranges.items()
    ]
    return dict(bulk.insert(tx, "notice_outbox", rows, returning="company_id, id"))
