"""Open files: each connection is one, and the usual limit of a process is fewer than we serve.

Imports nothing that waits, so a worker may use it before it is patched.
"""

from __future__ import annotations

import resource

SPARE_FILES = 100
"""For what a process opens besides: databases, Redis, logs, the listening socket."""


def room_for(connections: int) -> int:
    """How many of these connections the process may hold, after asking for what it is allowed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    allowed = wanted if soft == resource.RLIM_INFINITY else min(soft, wanted)
    return max(allowed - SPARE_FILES, 1)
