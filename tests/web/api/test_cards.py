"""Cards to share: pictures of the game's figures with the shown name only, drawn once."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

from PIL import Image, ImageChops

from game.services.platform.redis_client import client as redis
from game.services.sharing.cards import Card, picture_of, read_card
from game.services.sharing.drawing import draw, written
from models.session import MEMBER, transaction
from tests.support.company_life import Person, code_of, pay, settle
from tests.support.telling import as_owner
from tests.web.api.conftest import COMPANY


def said(person: Person, kind: str) -> Card:
    with transaction(MEMBER, COMPANY) as tx:
        return read_card(tx, COMPANY, person.member_id, kind, datetime.now(UTC))  # type: ignore[arg-type]


def test_each_kind_is_a_picture_that_an_unchanged_page_does_not_fetch_again(hero: Person) -> None:
    pay(COMPANY, "user_buyer", code_of(hero), "44.10")
    settle()
    tags = set()
    for kind in ("rank", "level", "week"):
        answer = hero.get("/users/me/card.png", kind=kind)
        assert (answer.status_code, answer.mimetype) == (200, "image/png")
        picture = Image.open(BytesIO(answer.data))
        assert picture.size == (1200, 630)
        tag = answer.headers["ETag"]
        headers = {"Authorization": f"Bearer {hero.token}", "If-None-Match": tag}
        path = f"/api/v1/users/me/card.png?kind={kind}"
        again = hero.client.get(path, headers=headers)
        assert (again.status_code, again.data) == (304, b"")
        tags.add(tag)

    assert len(tags) == 3
    assert hero.get("/users/me/card.png", kind="money").status_code == 422


def test_a_card_says_what_the_profile_says_and_nothing_of_money(hero: Person) -> None:
    pay(COMPANY, "user_buyer", code_of(hero), "44.10")
    settle()

    rank, level, week = (said(hero, kind) for kind in ("rank", "level", "week"))

    assert rank.headline == "#1"
    assert rank.tiles == (("Level", "2"), ("XP", "238"), ("Referrals", "1"))
    assert (level.headline, level.below) == ("Level 2", "62 XP to level 3")
    assert (level.done, level.goal) == (138, 200)
    assert week.headline == "+238 XP"
    assert week.tiles == (("Referrals", "1"), ("Clicks", "0"), ("Quests", "0"))
    words = " ".join(map(str, (rank, level, week)))
    assert not any(money in words for money in ("4.41", "441", "44.1", "$", "usd"))


def test_a_member_without_a_name_for_others_has_none_on_the_card(hero: Person) -> None:
    as_owner("UPDATE member SET anonymous = true")

    assert said(hero, "rank").name == "Anonymous"


def test_a_picture_is_drawn_once(hero: Person) -> None:
    card = said(hero, "level")
    first = picture_of(card)
    assert redis().get(f"wl:card:{card.tag}") == first
    assert 0 < redis().ttl(f"wl:card:{card.tag}") <= 3600

    redis().set(f"wl:card:{card.tag}", b"kept")

    assert picture_of(card) == b"kept"


def test_names_the_typeface_cannot_write_are_left_out_and_long_ones_fit() -> None:
    assert written("Олександр Ünïcødé 🐉 最高") == "Олександр Ünïcødé"
    assert written("\u202eevil\x00 name\n") == "evil name"
    card = Card("🐉" * 40, "L" * 300, "dragon", 5, 0, "#1", "x" * 200, (("a" * 90, "b" * 90),) * 3)
    plain = Card("", "L" * 300, "novice", 0, 1, "#1", "x" * 200, (("a" * 90, "b" * 90),) * 3)

    difference = ImageChops.difference(*(Image.open(BytesIO(draw(c))) for c in (card, plain)))

    assert difference.getbbox() is None
