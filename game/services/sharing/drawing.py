"""Drawing a card: 1200 by 630, as link previews and feeds want it. Values in, PNG out.

Drawn at twice the size and made smaller, as Pillow draws shapes without soft edges. The typeface
is Inter (SIL Open Font License), cut to the letters of Latin, Greek and Cyrillic; what it has no
letter for is left out.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import resources
from io import BytesIO
from math import cos, pi, sin
from unicodedata import category

from PIL import Image, ImageDraw, ImageFont

from game.services.sharing.cards import Card

WIDTH, HEIGHT = 1200, 630
TWICE = 2
INK, SOFT, LINE = (245, 246, 250), (170, 176, 190), (255, 255, 255, 26)
TOP, BOTTOM = (16, 18, 28), (26, 28, 44)
HUES = {
    "scout": (59, 201, 155),
    "sage": (124, 131, 255),
    "champion": (255, 186, 64),
    "novice": (158, 166, 184),
}
CENTRE, RADIUS, STROKE = (236, 262), 148, 16
WORDS_LEFT, WORDS_RIGHT = 448, 1136
NAMELESS = "A member"

Point = tuple[float, float]


def draw(card: Card) -> bytes:
    """The card as a PNG of 1200 by 630."""
    hue = HUES.get(card.emblem, HUES["novice"])
    image = _ground(hue).resize((WIDTH * TWICE, HEIGHT * TWICE))
    pen = ImageDraw.Draw(image, "RGBA")
    _ring(pen, card, hue)
    _emblem(pen, card.emblem, hue)
    _words(pen, card, hue)
    _tiles(pen, card)
    _line(pen, (64, 602), card.place, "Medium", 26, SOFT, WIDTH - 128)
    small = image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    out = BytesIO()
    small.save(out, "PNG")
    return out.getvalue()


@cache
def _ground(hue: tuple[int, int, int]) -> Image.Image:
    """A dark ground that is lighter towards its foot, with a glow of the class's colour."""
    ramp = Image.linear_gradient("L").resize((WIDTH, HEIGHT))
    ground = Image.composite(
        Image.new("RGB", ramp.size, BOTTOM), Image.new("RGB", ramp.size, TOP), ramp
    )
    reach = 620
    glow = Image.radial_gradient("L").resize((reach * 2, reach * 2))
    glow = glow.point([max(0, 90 - level * 90 // 180) for level in range(256)])
    ground.paste(Image.new("RGB", glow.size, hue), (CENTRE[0] - reach, CENTRE[1] - reach), glow)
    return ground


def _ring(pen: ImageDraw.ImageDraw, card: Card, hue: tuple[int, int, int]) -> None:
    x, y = CENTRE
    box = _big([(x - RADIUS, y - RADIUS), (x + RADIUS, y + RADIUS)])
    pen.arc(box, 0, 360, fill=(255, 255, 255, 34), width=STROKE * TWICE)
    if card.done > 0 and card.goal > 0:
        part = min(card.done / card.goal, 1.0)
        pen.arc(box, -90, -90 + 360 * part, fill=hue, width=STROKE * TWICE)


def _emblem(pen: ImageDraw.ImageDraw, name: str, hue: tuple[int, int, int]) -> None:
    """A mark for each class: a compass star, an open book, a shield; a diamond for the novice."""
    x, y = CENTRE
    if name == "scout":
        pen.polygon(_big(_star(4, 92, 26)), fill=hue)
        pen.polygon(_big(_star(4, 54, 20, turn=pi / 4)), fill=(*hue, 150))
        pen.ellipse(_big([(x - 13, y - 13), (x + 13, y + 13)]), fill=TOP)
    elif name == "sage":
        for side in (-1, 1):
            page = [(0, -44), (side * 84, -60), (side * 84, 46), (0, 64)]
            shade = hue if side < 0 else (*hue, 190)
            pen.polygon(_big([(x + dx, y + dy) for dx, dy in page]), fill=shade)
        pen.polygon(_big([(px, py - 8) for px, py in _star(4, 34, 11)]), fill=INK)
    elif name == "champion":
        shield = [
            (0, -92),
            (78, -62),
            (74, 18),
            (44, 66),
            (0, 96),
            (-44, 66),
            (-74, 18),
            (-78, -62),
        ]
        pen.polygon(_big([(x + dx, y + dy) for dx, dy in shield]), fill=hue)
        pen.polygon(_big(_star(5, 48, 20)), fill=TOP)
    else:
        diamond = [(0, -84), (64, 0), (0, 84), (-64, 0)]
        pen.polygon(_big([(x + dx, y + dy) for dx, dy in diamond]), fill=hue)
        pen.polygon(_big([(x + dx * 0.5, y + dy * 0.5) for dx, dy in diamond]), fill=TOP)


def _words(pen: ImageDraw.ImageDraw, card: Card, hue: tuple[int, int, int]) -> None:
    room = WORDS_RIGHT - WORDS_LEFT
    name = written(card.name) or NAMELESS
    _line(pen, (WORDS_LEFT, 150), name, "Medium", 44, INK, room, least=32)
    _line(pen, (WORDS_LEFT, 296), card.headline, "ExtraBold", 132, hue, room, least=64)
    _line(pen, (WORDS_LEFT + 4, 362), card.below, "Medium", 36, SOFT, room)


def _tiles(pen: ImageDraw.ImageDraw, card: Card) -> None:
    gap, top, foot = 20, 436, 548
    wide = (WIDTH - 128 - gap * (len(card.tiles) - 1)) // len(card.tiles)
    for place, (label, value) in enumerate(card.tiles):
        left = 64 + place * (wide + gap)
        box = _big([(left, top), (left + wide, foot)])
        pen.rounded_rectangle(
            box, radius=18 * TWICE, fill=(255, 255, 255, 16), outline=LINE, width=2
        )
        _line(pen, (left + 24, top + 58), value, "ExtraBold", 42, INK, wide - 48)
        _line(pen, (left + 24, top + 94), label, "Medium", 24, SOFT, wide - 48)


def _line(  # noqa: PLR0913, PLR0917 - where, what, how
    pen: ImageDraw.ImageDraw,
    at: Point,
    text: str,
    weight: str,
    size: int,
    fill: tuple[int, ...],
    room: float,
    least: int = 22,
) -> None:
    """One line on the left end of its base line, made smaller where too long, then cut."""
    text = written(text)
    while size > least and _font(weight, size).getlength(text) > room * TWICE:
        size -= 2
    font = _font(weight, size)
    if font.getlength(text) > room * TWICE:
        while text and font.getlength(text + "…") > room * TWICE:
            text = text[:-1]
        text = text.rstrip() + "…"
    pen.text(_big([at])[0], text, font=font, fill=fill, anchor="ls")


def written(text: str) -> str:
    """The part of a text that the typeface has letters for, without doubled spaces."""
    kept = "".join(one if _has_letter(one) else " " * one.isspace() for one in text)
    return " ".join(kept.split())


@cache
def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(BytesIO(_typeface(weight)), size * TWICE)


@cache
def _typeface(weight: str) -> bytes:
    files = resources.files("game.services.sharing").joinpath("fonts")
    return files.joinpath(f"Inter-{weight}.ttf").read_bytes()


@cache
def _nothing() -> bytes:
    return bytes(_font("Medium", 16).getmask("\uffff"))


@lru_cache(maxsize=4096)
def _has_letter(letter: str) -> bool:
    if category(letter).startswith("C"):  # controls, and what turns the direction of writing
        return False
    return bytes(_font("Medium", 16).getmask(letter)) != _nothing()


def _star(points: int, outer: float, inner: float, turn: float = 0.0) -> list[Point]:
    x, y = CENTRE
    steps = [
        (outer if step % 2 == 0 else inner, turn - pi / 2 + step * pi / points)
        for step in range(points * 2)
    ]
    return [(x + far * cos(angle), y + far * sin(angle)) for far, angle in steps]


def _big(points: list[Point]) -> list[Point]:
    return [(x * TWICE, y * TWICE) for x, y in points]
