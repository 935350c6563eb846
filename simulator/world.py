"""A seeded company that sells: an endless, truthful stream of the webhooks Whop would send.

The same arguments give the same bytes. Two runs with different `run` share no id.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from simulator import catalogue, stories
from simulator.bodies import Happening, Shape, WebhookBody, deliver, shapes_for
from simulator.chaos import chaos
from simulator.facts import ChatMessage, Company, Lesson, Person, Plan, Promo
from simulator.scene import Scene

__all__ = ["START", "World", "chaos"]

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
REFERRED_SHARE = 0.75
FLAT_SHARE = 0.7
BARE_PAYMENT_SHARE = 0.05
OWN_LINK_SHARE = 0.01
PROMO_SHARE = 0.2

STORIES: tuple[tuple[stories.Story, float], ...] = (
    (stories.bought_once, 30),
    (stories.subscribes, 32),
    (stories.tries_first, 12),
    (stories.takes_a_gift, 4),
    (stories.stumbles, 5),
    (stories.upgrades, 5),
    (stories.settles_late, 3),
    (stories.pays_a_bill, 3),
    (stories.waits_in_line, 3),
)
# Of all that arrives, how much is a lesson or a chat line instead of a buyer.
LESSON_SHARE = 0.12
CHAT_SHARE = 0.04
LESSONS = ("Reading the tape", "Risk before reward", "Sessions and sweeps", "The order book")
LINES = ("gm raiders", "who is in for the raid tonight?", "level 7, finally", "link in my profile")


class World:
    """One company, its referrers and everybody who will ever buy.

    `referrers` are (Whop user id, referral code or click token); a pair that stands in the list
    more than once gets that much more of the traffic. `pace` scales story time: 1.0 is real
    life, smaller is faster. `arrivals_per_day` counts real days, whatever the pace.
    An arrival tells about 6.6 events in its life: with the defaults ten thousand events end some
    hundred days after `start`. Nobody is to be told of the future, so choose `start` accordingly.
    """

    def __init__(  # noqa: PLR0913 - all but three by keyword
        self,
        seed: int,
        company_id: str,
        referrers: Sequence[tuple[str, str]],
        *,
        start: datetime = START,
        pace: float = 1.0,
        arrivals_per_day: float = 24.0,
        run: str = "",
        people: Mapping[str, Person] | None = None,
        company: Company | None = None,
    ) -> None:
        # Made-up lives need repeatable, not secret, randomness.
        self._rng = Random(f"{seed}:{company_id}:{run}")  # noqa: S311
        self._ids = catalogue.Ids(self._rng)
        self.company = company or catalogue.company(company_id)
        self.plans = catalogue.plans(company_id)
        self.promos = catalogue.promos(company_id)
        self.referrers = list(referrers)
        self._people = dict(people or {})
        self._pace = pace
        self._gap = 86_400 / arrivals_per_day
        self._now = start
        self._queue: list[tuple[datetime, int, Happening]] = []
        self._order = itertools.count()

    def events(self, count: int) -> list[WebhookBody]:
        """The next `count` deliveries in time order."""
        return list(itertools.islice(self.stream(), count))

    def stream(self) -> Iterator[WebhookBody]:
        """Deliveries in time order, without end."""
        while True:
            arrival = self._now + timedelta(seconds=self._rng.expovariate(1 / self._gap))
            yield from self._due(arrival)
            self._now = arrival
            for happening in self._arrive(arrival):
                heapq.heappush(self._queue, (happening.at, next(self._order), happening))

    def _due(self, until: datetime) -> Iterator[WebhookBody]:
        while self._queue and self._queue[0][0] <= until:
            happening = heapq.heappop(self._queue)[2]
            is_flat = self._rng.random() < FLAT_SHARE
            shape = Shape.FLAT if is_flat else shapes_for(happening)[-1]
            yield deliver(happening, shape, self._ids.message())

    def _arrive(self, at: datetime) -> list[Happening]:
        luck = self._rng.random()
        if luck < LESSON_SHARE:
            return [self._lesson(at)]
        if luck < LESSON_SHARE + CHAT_SHARE:
            return [self._chat(at)]
        tellers, weights = zip(*STORIES, strict=True)
        story: stories.Story = self._rng.choices(tellers, weights=weights)[0]
        return story(self._scene(at, story))

    def _scene(self, at: datetime, story: stories.Story) -> Scene:
        metadata, buyer = self._reference()
        on_payment = metadata
        # Some checkouts carry the metadata only as far as the membership.
        if story is stories.subscribes and self._rng.random() < BARE_PAYMENT_SHARE:
            on_payment = {}
        return Scene(
            rng=self._rng,
            ids=self._ids,
            company=self.company,
            buyer=catalogue.buyer(self._rng, self._ids, buyer),
            plan=self._plan(story),
            start=at,
            pace=self._pace,
            metadata=on_payment,
            membership_metadata=metadata,
            promo=self._promo(story),
        )

    def _reference(self) -> tuple[dict[str, str], Person | None]:
        """The link a buyer comes through; one in a hundred referrers buys through their own."""
        if not self.referrers or self._rng.random() > REFERRED_SHARE:
            return {}, None
        user_id, ref = self._rng.choice(self.referrers)
        own = self.person(user_id) if self._rng.random() < OWN_LINK_SHARE else None
        return {"wl_ref": ref, "wl_campaign": "autumn_raid"}, own

    def _plan(self, story: stories.Story) -> Plan:
        if story is stories.tries_first:
            return next(plan for plan in self.plans if plan.trial_days)
        if story is stories.settles_late:
            return next(plan for plan in self.plans if plan.price.currency == "eur")
        is_single = story not in (stories.subscribes, stories.stumbles, stories.upgrades)
        fitting = [
            plan
            for plan in self.plans
            if (plan.period_days is None) is is_single and not plan.trial_days
        ]
        return self._rng.choice(fitting)

    def _promo(self, story: stories.Story) -> Promo | None:
        if story is stories.takes_a_gift:
            return self.promos[-1]
        if story is stories.settles_late or self._rng.random() > PROMO_SHARE:
            return None
        return self._rng.choice(self.promos[:-1])

    def person(self, user_id: str) -> Person:
        """A referrer as Whop knows them; who was not introduced gets a name from the id."""
        name = user_id.removeprefix("user_")
        return self._people.get(user_id) or Person(user_id, name.lower(), name)

    def _someone(self) -> Person:
        if self.referrers:
            return self.person(self._rng.choice(self.referrers)[0])
        return catalogue.person(self._rng, self._ids)

    def _lesson(self, at: datetime) -> Happening:
        title = self._rng.choice(LESSONS)
        tag = self.company.id.removeprefix("biz_")
        done = Lesson(
            id=self._ids.new("lesi"),
            company=self.company,
            person=self._someone(),
            course_id=f"cors_{tag}_flow",
            course_title="Order Flow 101",
            # A lesson counts once a member, so the shelf has to be long.
            lesson_id=f"lesn_{tag}_{self._rng.randrange(10_000)}",
            lesson_title=title,
            chapter_id=f"chap_{tag}_1",
            created_at=at,
        )
        return Happening(
            "course_lesson_interaction.completed", done, at + timedelta(seconds=1), self.company.id
        )

    def _chat(self, at: datetime) -> Happening:
        tag = self.company.id.removeprefix("biz_")
        message = ChatMessage(
            id=self._ids.new("post"),
            company=self.company,
            person=self._someone(),
            channel_id=f"feed_{tag}",
            text=self._rng.choice(LINES),
            created_at=at,
        )
        return Happening(
            "chat.message.created", message, at + timedelta(seconds=1), self.company.id
        )
