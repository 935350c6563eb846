"""`legends token`: a bearer that works, and never outside development and test."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from cli.token import token
from game.services.members import sessions
from models.session import WORKER, transaction
from settings import Settings
from tests.conftest import forget_settings
from web.app import create_app


def test_the_last_word_is_a_session_for_a_member_made_on_the_way(settings: Settings) -> None:
    runner = CliRunner()
    for role in ("member", "creator", "moderator", "admin"):
        answer = runner.invoke(token, ["--company", "biz_1", "--user", "user_1", "--role", role])
        assert answer.exit_code == 0, answer.output

        word = answer.output.split()[-1]

        session = sessions.read(word, datetime.now(UTC))
        assert (session.company_id, session.whop_user_id, session.role) == (
            "biz_1", "user_1", role,
        )  # fmt: skip
        bearer = {"Authorization": f"Bearer {word}"}
        me = create_app().test_client().get("/api/v1/me", headers=bearer)
        assert (me.status_code, me.json and me.json["data"]["role"]) == (200, role)
    with transaction(WORKER) as tx:
        assert tx.rows("SELECT company_id, whop_user_id, role FROM member") == [
            ("biz_1", "user_1", "member")
        ]


@pytest.mark.parametrize(
    ("company", "user", "prefix"),
    [("x", "user_1", "biz_"), ("biz_1", "bad", "user_"), ("biz_", "user_1", "biz_")],
)
def test_ids_that_are_none_make_nobody(
    company: str, user: str, prefix: str, settings: Settings
) -> None:
    answer = CliRunner().invoke(token, ["--company", company, "--user", user])

    assert answer.exit_code == 2
    assert f"begins with {prefix}" in answer.output
    with transaction(WORKER) as tx:
        assert tx.rows("SELECT count(*) FROM company") == [(0,)]


def test_it_refuses_where_real_people_play(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "LEGENDS_ENV": "staging",
        "WHOP_API_KEY": "apik_x",
        "PUBLIC_URL": "https://legends.example",
        "RELAY_URL": "https://relay.legends.example",
        "ENCRYPTION_KEYS": "one:" + "QUFB" * 10 + "QUE=",
        "SESSION_SECRETS": "s" * 40,
        "FLOWER_AUTH": "admin:long-enough-password",
    }.items():
        monkeypatch.setenv(name, value)
    forget_settings()

    answer = CliRunner().invoke(token, ["--company", "biz_1", "--user", "user_1"])

    assert answer.exit_code == 1
    assert "staging" in answer.output
    with transaction(WORKER) as tx:
        assert tx.rows("SELECT count(*) FROM member") == [(0,)]
