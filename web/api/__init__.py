"""The JSON API: one blueprint a subject."""

from __future__ import annotations

from flask_smorest import Api

from web.api import credits as _credits  # noqa: F401 - hangs its routes into `referrals`
from web.api import notice_shapes
from web.api.achievements import achievements
from web.api.announcements import announcements
from web.api.auth import auth
from web.api.cards import cards
from web.api.commissions import commissions
from web.api.company import company
from web.api.dead_letters import letters
from web.api.guilds import guilds
from web.api.leaderboards import leaderboards
from web.api.notifications import notifications
from web.api.ops import ops
from web.api.outlook import outlook
from web.api.own_settings import own_settings
from web.api.payouts import payouts
from web.api.perks import perks
from web.api.pool import pool
from web.api.quests import quests
from web.api.referrals import referrals
from web.api.rules import rules
from web.api.users import users
from web.api.whop_runs import whop_runs

BLUEPRINTS = (
    auth,
    users,
    outlook,
    cards,
    own_settings,
    company,
    rules,
    quests,
    achievements,
    perks,
    referrals,
    commissions,
    payouts,
    pool,
    guilds,
    leaderboards,
    notifications,
    announcements,
    ops,
    letters,
    whop_runs,
)


def register(api: Api) -> None:
    """Hang every blueprint of the API into the application."""
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
    notice_shapes.describe(api.spec)
