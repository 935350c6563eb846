"""Make the textbook pipeline's tables and the same company. Run as a process."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from bench.crowd import CLASS_CHOSEN, COMPANY, referrers
from bench.textbook.models import Base, ClassChoice, Member, ReferralCode
from bench.textbook.program import engine


def main() -> None:
    Base.metadata.create_all(engine())
    chosen = datetime.now(UTC) - CLASS_CHOSEN
    with Session(engine()) as session, session.begin():
        for one in referrers():
            member = Member(company_id=COMPANY, whop_user_id=one.user_id, username=one.user_id)
            session.add(member)
            session.flush()
            session.add(ReferralCode(company_id=COMPANY, code=one.code, member_id=member.id))
            if one.character_class:
                session.add(ClassChoice(member_id=member.id, at=chosen, value=one.character_class))
    print(json.dumps({"members": len(referrers())}))


if __name__ == "__main__":
    main()
