"""What `celery -A bench.textbook.program` finds: the app and its one task."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

import redis
from celery import Celery
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

import settings
from bench.textbook.process import process

app = Celery("textbook", broker=settings.current().broker_url)
app.conf.update(
    task_default_queue="webhooks",
    task_serializer="json",
    accept_content=["json"],
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
)


@cache
def engine() -> Engine:
    """One pool per worker process; connections never cross a fork, as it is made on first use."""
    return create_engine(settings.current().database_url, pool_size=2)


@cache
def publisher() -> redis.Redis:
    """Where frames are published."""
    return redis.Redis.from_url(settings.current().redis_url)


@app.task(
    name="textbook.process_webhook",
    # Two tasks may wait for each other's members, or make the same member: the loser goes again.
    autoretry_for=(OperationalError, IntegrityError),
    retry_backoff=True,
    retry_jitter=True,
    max_retries=10,
)
def process_webhook(raw: str) -> None:
    """Process one webhook, then tell the browsers."""
    with Session(engine()) as session, session.begin():
        frames = process(session, raw, datetime.now(UTC))
    if frames:
        pipeline: Any = publisher().pipeline(transaction=False)
        for member_id, frame in frames:
            pipeline.publish(f"textbook:{member_id}", frame)
        pipeline.execute()
