"""What `celery -A workers.program` finds: the app of this process's settings, and its guards."""

from __future__ import annotations

import warnings

from celery.exceptions import SecurityWarning

from workers import guards
from workers.app import current

# Celery warns root against pickled messages; ours are JSON only, and containers often run as root.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = current()

__all__ = ["app", "guards"]
