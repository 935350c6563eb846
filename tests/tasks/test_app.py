"""One set of options for every process on the broker, whichever broker it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from kombu.exceptions import KombuError

from beat_schedule import JOBS
from game.services.scheduled.jobs import seconds_of
from settings import Settings
from workers.app import HARD_LIMIT_SECONDS, REDIS_OPTIONS, make_app
from workers.jobs import STEPS
from workers.queues import CONSUMED, DEAD


def test_message_is_not_handed_out_again_while_its_task_may_still_run() -> None:
    assert REDIS_OPTIONS["visibility_timeout"] > 2 * HARD_LIMIT_SECONDS


def test_amqp_broker_gets_no_option_of_redis(settings: Settings) -> None:
    app = make_app(replace(settings, broker_url="amqp://guest:guest@127.0.0.1:5672//"))

    assert not set(app.conf.broker_transport_options) & set(REDIS_OPTIONS)
    assert {q.name for q in app.conf.task_queues} == {*CONSUMED, DEAD}
    assert all(q.queue_arguments == {"x-queue-type": "quorum"} for q in app.conf.task_queues)


def test_redis_broker_gets_all_time_outs(settings: Settings) -> None:
    app = make_app(settings)

    assert app.conf.broker_transport_options["socket_timeout"] == 5
    assert app.conf.broker_transport_options["health_check_interval"] == 10
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.accept_content == ["json"]


def test_message_to_an_undeclared_queue_fails_where_it_is_sent(settings: Settings) -> None:
    with pytest.raises((KeyError, KombuError, Exception), match="inbx"):
        make_app(settings).send_task("inbox.drain", queue="inbx")


def test_every_scheduled_job_has_a_task_a_reason_and_a_step(settings: Settings) -> None:
    app = make_app(settings)
    app.loader.import_default_modules()

    for job in JOBS:
        assert job.task in app.tasks, job.name
        assert len(job.why) > 20
        assert seconds_of(job.every) > 0
        assert not job.made_up_for or job.name in STEPS
        assert seconds_of(job.made_up_for) % seconds_of(job.every) == 0
