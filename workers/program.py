"""What `celery -A workers.program` finds: the app of this process's settings, and its guards."""

from __future__ import annotations

from workers import guards
from workers.app import current

app = current()

__all__ = ["app", "guards"]
