"""Members who are told things, by the real services, with or without the publishing after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from game.rules.effects import NoticeDrafts
from game.services.members import tickets
from game.services.members.joining import ensure_company, ensure_members
from game.services.members.store import lock_members, store_members
from game.services.members.tickets import Grant
from game.services.notices import frames
from game.services.notices.announcing import announce
from models.outgoing import Frames
from models.session import WORKER, transaction


@dataclass
class Reader:
    """A member with a browser. `unpublished` holds what was told but not yet published."""

    company_id: str
    member_id: int
    user_id: str
    unpublished: list[Frames] = field(default_factory=list)

    def ticket(self, origin: str = "", signed_in_at: datetime | None = None) -> str:
        """A fresh ticket for one connection."""
        now = datetime.now(UTC)
        grant = Grant(self.company_id, self.member_id, self.user_id, origin, signed_in_at or now)
        return tickets.issue(grant, now).token

    def note(self, count: int = 1, *, text: str = "news") -> list[int]:
        """Commit this many notices in one transaction, as a settlement does; their numbers."""
        data = {"text": text, "title": "News", "severity": "info"}  # as jsonb orders them
        drafts: NoticeDrafts = [("system_notification", data) for _ in range(count)]
        key = (self.company_id, self.member_id)
        with transaction(WORKER) as tx:
            members = lock_members(tx, [key])
            announce(tx, members, {key: drafts}, datetime.now(UTC))
            store_members(tx, list(members.values()))
            noted = [message for message in tx.messages if isinstance(message, Frames)]
        self.unpublished += noted
        return [seq for message in noted for seq, _ in message.frames]

    def publish(self) -> None:
        """Hand everything that was committed to Redis."""
        batch, self.unpublished = self.unpublished, []
        frames.publish(batch)

    def tell(self, count: int = 1, *, text: str = "news") -> list[int]:
        """Commit and publish."""
        numbers = self.note(count, text=text)
        self.publish()
        return numbers


def reader(company_id: str, user_id: str = "user_reader") -> Reader:
    """Make a member of the company."""
    return readers(company_id, [user_id])[0]


def readers(company_id: str, user_ids: Sequence[str]) -> list[Reader]:
    """Make members of the company."""
    now = datetime.now(UTC)
    with transaction(WORKER) as tx:
        ensure_company(tx, company_id, now)
        ids = ensure_members(tx, company_id, dict.fromkeys(user_ids, ""), now)
    return [Reader(company_id, ids[user], user) for user in user_ids]
