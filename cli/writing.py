"""Whether the servers take a write, for `legends doctor`: one that only answers is not well."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from functools import partial

from cli.fitness import Finding, ask_redis
from game.services.operations import write_probes
from settings import Settings

MEND = "mend that server: until then webhooks wait in the spool or get 503"


def writing_findings(current: Settings) -> list[Finding]:
    """One finding for each server that answers; one that does not was named before."""
    findings = []
    if current.database_url:
        findings += _finding("PostgreSQL", write_probes.postgres)
    for name, url in (("REDIS_URL", current.redis_url), ("CELERY_BROKER_URL", current.broker_url)):
        if url.startswith(("redis://", "rediss://", "unix://")):
            findings += _finding(name, partial(_redis_writes, url))
    return findings


def _finding(subject: str, write: Callable[[], None]) -> list[Finding]:
    try:
        write()
    except write_probes.Away:
        return []
    except write_probes.Refused as refused:
        return [Finding(subject, str(refused), MEND)]
    return [Finding(subject, "takes a write")]


def _redis_writes(url: str) -> None:
    with closing(ask_redis(url)) as client:
        write_probes.redis_server(client)
