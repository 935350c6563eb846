"""The people of a demo company: the same ones at every run, known to the twin and to nobody else.

The hero is who a visitor plays; the demo neither chooses their class nor claims their quests.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from simulator import catalogue
from simulator.facts import Company, Person

DEMO_COMPANY = "biz_demo"


@dataclass(frozen=True)
class Cast:
    """The hero and the members are customers, the creator owns the company.

    The operator looks after the installation and has no place in any company.
    """

    company: Company
    hero: Person
    members: tuple[Person, ...]
    creator: Person
    operator: Person

    @property
    def everybody(self) -> tuple[Person, ...]:
        return (self.hero, *self.members, self.creator, self.operator)


def cast(company_id: str = DEMO_COMPANY, members: int = 12) -> Cast:
    """The hero and `members` - 1 others; more members leave the first ones as they were."""
    tag = company_id.removeprefix("biz_")
    rng = Random(company_id)  # noqa: S311 - the same faces every time is the point
    ids = catalogue.Ids(rng)
    others = []
    for turn in range(1, members):
        drawn = catalogue.person(rng, ids)
        others.append(Person(f"user_{tag}_{turn:03d}", drawn.username, drawn.name))
    return Cast(
        company=catalogue.company(company_id),
        hero=Person(f"user_{tag}_hero", f"{tag}_hero", "Robin Storm"),
        members=tuple(others),
        creator=Person(f"user_{tag}_creator", f"{tag}_creator", "Casey Vale"),
        operator=Person("user_demo_operator", "demo_operator", "Ollie Watch"),
    )
