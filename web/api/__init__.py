"""The JSON API: one blueprint a subject."""

from __future__ import annotations

from flask_smorest import Api

from web.api import notice_shapes
from web.api.achievements import achievements
from web.api.auth import auth
from web.api.commissions import commissions
from web.api.company import company
from web.api.dead_letters import letters
from web.api.notifications import notifications
from web.api.ops import ops
from web.api.perks import perks
from web.api.quests import quests
from web.api.referrals import referrals
from web.api.rules import rules
from web.api.users import users

BLUEPRINTS = (
    auth,
    users,
    company,
    rules,
    quests,
    achievements,
    perks,
    referrals,
    commissions,
    notifications,
    ops,
    letters,
)


def register(api: Api) -> None:
    """Hang every blueprint of the API into the application."""
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
    notice_shapes.describe(api.spec)
