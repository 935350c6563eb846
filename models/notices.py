"""What members are told: numbered per member without holes, and what is still to be sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Identity, Integer
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Instant, Json, JsonList, Tenant, of_member


class Notice(Base):
    """One message to one member. `seq` counts 1, 2, 3 … under the member's lock."""

    __tablename__ = "notice"
    __table_args__ = (of_member(),)

    company_id: Mapped[Tenant]
    member_id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str]
    data: Mapped[Json]
    at: Mapped[Instant]


class NoticeOutbox(Base):
    """A batch's notices that may not have reached Redis yet; deleted once they have.

    `ranges` holds `[[member_id, first_seq, last_seq], …]`; the frames are read from `notice`.
    """

    __tablename__ = "notice_outbox"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    company_id: Mapped[str]
    ranges: Mapped[JsonList]
    created_at: Mapped[Instant]


class Epoch(Base):
    """One row: changes when the database was restored, so clients fetch everything again."""

    __tablename__ = "epoch"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, default=1)
    value: Mapped[str]
    since: Mapped[datetime]
