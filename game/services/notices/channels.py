"""The names of the Redis channels between whoever announces and the relay."""

from __future__ import annotations


def of_member(company_id: str, member_id: int) -> str:
    """Carries the numbered frames of one member."""
    return f"wl:n:{company_id}:{member_id}"


def of_company(company_id: str) -> str:
    """Carries frames without a member's number to everybody of one company."""
    return f"wl:c:{company_id}"
