"""The declarative base: naming of constraints, and the column kinds every table shares."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, DateTime, ForeignKeyConstraint, MetaData, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Instant = Annotated[datetime, mapped_column(DateTime(timezone=True))]
"""A moment in UTC."""

Minor = Annotated[int, mapped_column(BigInteger)]
"""Money in minor units of the row's currency."""

Tenant = Annotated[str, mapped_column(Text, primary_key=True)]
"""The company (`biz_…`) a row belongs to; the first part of every key."""

Json = dict[str, Any]
JsonList = list[Any]


def of_member() -> ForeignKeyConstraint:
    """The composite key that keeps a row and its member in one company."""
    return ForeignKeyConstraint(["company_id", "member_id"], ["member.company_id", "member.id"])


class Base(DeclarativeBase):
    """All tables. A table with `company_id` is under row level security (see migrations)."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads this name from the class
        str: Text,
        int: BigInteger,
        datetime: DateTime(timezone=True),
        Json: JSONB,
        JsonList: JSONB,
    }
