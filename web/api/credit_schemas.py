"""Who is credited for whom: decisions, promo codes, appeals and the journal, as they are shown."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from web.api.paging import page_query
from web.api.shapes import AskedId, Id, Instant, MoneySchema, Words

LONGEST_ID = 100
LONGEST_TEXT = 1_000


def whop_id() -> fields.String:
    """An id of Whop's in a request."""
    return fields.String(
        required=True,
        validate=validate.Regexp(
            r"\A[A-Za-z0-9_]{1,100}\Z",
            error="Must be an id of Whop's: 1 to 100 letters, digits or underscores.",
        ),
    )


class NamedSchema(Schema):
    """A member by Whop user id; both empty = nobody, an empty name = not known."""

    user_id = fields.String(required=True)
    username = fields.String(required=True)


class CreditAskedSchema(Schema):
    """Who shall be credited for a buyer; null = nobody.

    `payment_id`: the one it starts with; left out, it stays where it is, or begins with the buyer's
    first payment above zero.
    """

    buyer_id = whop_id()
    referrer_id = fields.String(
        required=True, allow_none=True, validate=validate.Length(1, LONGEST_ID)
    )
    payment_id = fields.String(load_default="", validate=validate.Length(max=LONGEST_ID))
    reason = Words(required=True, validate=validate.Length(1, 500))


class CreditSchema(Schema):
    """Who is credited for a buyer by the books; an empty `referrer_id` = nobody."""

    buyer_id = fields.String(required=True)
    referrer_id = fields.String(required=True)
    source = fields.String(required=True)
    payment_id = fields.String(required=True)
    started_at = Instant(required=True, allow_none=True)


class CreditedSchema(Schema):
    """A buyer and who is credited for them; `commission`: what is left of the conversion's."""

    buyer_id = fields.String(required=True)
    buyer_name = fields.String(required=True)
    referrer = fields.Nested(NamedSchema, required=True)
    source = fields.String(required=True)
    state = fields.String(required=True)
    started_at = Instant(required=True)
    commission = fields.Nested(MoneySchema, required=True, allow_none=True)


class TouchSchema(Schema):
    """Something that pointed to a member; `is_own`: it names the buyer, so it counts for nobody."""

    at = Instant(required=True)
    kind = fields.String(
        required=True, validate=validate.OneOf(("code", "click", "promo", "affiliate"))
    )
    word = fields.String(required=True)
    referrer = fields.Nested(NamedSchema, required=True)
    is_own = fields.Boolean(required=True)


class ShareSchema(Schema):
    """What a model would give a member, in basis points of the credit."""

    referrer = fields.Nested(NamedSchema, required=True)
    share_bp = fields.Integer(required=True)


class ModelSchema(Schema):
    """Another way to share the credit: shown, never booked."""

    model = fields.String(
        required=True, validate=validate.OneOf(("first_click", "linear", "time_decay"))
    )
    shares = fields.List(fields.Nested(ShareSchema), required=True)


class JournalPaymentSchema(Schema):
    """A payment of the buyer's; `claims`: whom it names by itself, weightiest first."""

    payment_id = fields.String(required=True)
    at = Instant(required=True)
    total = fields.Nested(MoneySchema, required=True)
    kind = fields.String(required=True, validate=validate.OneOf(("conversion", "renewal", "none")))
    claims = fields.List(fields.Nested(NamedSchema), required=True)


class DecisionSchema(Schema):
    """A creator's decision about this buyer; an empty referrer = nobody."""

    at = Instant(required=True)
    actor_user_id = fields.String(required=True)
    referrer = fields.Nested(NamedSchema, required=True)
    payment_id = fields.String(required=True)
    reason = fields.String(required=True)


class JournalSchema(Schema):
    """All that is known of one buyer: payments, touches, decisions, and what other models say."""

    buyer_id = fields.String(required=True)
    buyer_name = fields.String(required=True)
    source = fields.String(required=True)
    referrer = fields.Nested(NamedSchema, required=True)
    started_at = Instant(required=True, allow_none=True)
    payment_id = fields.String(required=True)
    payments = fields.List(fields.Nested(JournalPaymentSchema), required=True)
    touches = fields.List(fields.Nested(TouchSchema), required=True)
    models = fields.List(fields.Nested(ModelSchema), required=True)
    decisions = fields.List(fields.Nested(DecisionSchema), required=True)


class TieSchema(Schema):
    """A promo code that is a member's since `since`, and what came of it since then."""

    id = fields.String(required=True)
    code = fields.String(required=True)
    user_id = fields.String(required=True)
    username = fields.String(required=True)
    since = Instant(required=True)
    payments = fields.Integer(required=True)
    referrals = fields.Integer(required=True)


class TiesSchema(Schema):
    """The promo codes that are somebody's, newest tie first."""

    ties = fields.List(fields.Nested(TieSchema), required=True)


class NewTieSchema(Schema):
    """Whose a promo code shall be from now on; `code` is the word buyers type."""

    promo_code_id = whop_id()
    code = Words(load_default="", validate=validate.Length(max=60))
    user_id = whop_id()


class AppealTextSchema(Schema):
    """Why the buyer is yours."""

    text = Words(required=True, validate=validate.Length(10, LONGEST_TEXT))


class AppealSchema(Schema):
    """An appeal. `buyer`: whom it is about, as written. Undecided it ends at `due_at`."""

    id = Id(required=True)
    buyer = fields.String(required=True)
    text = fields.String(required=True)
    state = fields.String(
        required=True, validate=validate.OneOf(("open", "granted", "refused", "lapsed"))
    )
    created_at = Instant(required=True)
    due_at = Instant(required=True)
    decided_at = Instant(required=True, allow_none=True)
    answer = fields.String(required=True)
    user_id = fields.String(required=True)
    username = fields.String(required=True)


class ReviewSchema(Schema):
    """A creator's word on an appeal. Granted, the buyer of the address is credited to its member.

    `payment_id` as for a decision by hand.
    """

    appeal_id = AskedId(required=True)
    decision = fields.String(required=True, validate=validate.OneOf(("granted", "refused")))
    answer = Words(load_default="", validate=validate.Length(max=500))
    payment_id = fields.String(load_default="", validate=validate.Length(max=LONGEST_ID))


AppealQuery = page_query("number", "number")
CreditedQuery = page_query(
    "word", search=fields.String(load_default="", validate=validate.Length(max=LONGEST_ID))
)
