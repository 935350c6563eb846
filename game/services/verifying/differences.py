"""What `legends verify` finds: a place in the books that is not what it must be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """`stored` stands in the books at `subject`; the facts or rows make it `computed`."""

    company_id: str
    what: str
    subject: str
    stored: str
    computed: str

    def __str__(self) -> str:
        return (
            f"{self.company_id}: {self.what} of {self.subject} "
            f"is {self.stored}, must be {self.computed}"
        )
