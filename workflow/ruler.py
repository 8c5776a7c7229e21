"""Where a score stands among the star thresholds: geometry and words of the star ruler.

Every band gets the same width, whatever its range of points: all that matters happens between 80 and 105,
and a true scale from zero would press the three star bands into the last quarter of a phone's screen.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy


@dataclass(frozen=True)
class Band:
    """One star level: ``left`` and ``width`` in percent of the ruler.

    ``look``: 5, 4 and 3 for the highest three, 3 for what lies between them and the lowest, which is 0.
    """

    star: int
    floor: Decimal
    left: Decimal
    width: Decimal
    name: str
    range: str
    look: int

    @property
    def middle(self) -> Decimal:
        return self.left + self.width / 2


@dataclass(frozen=True)
class Mark:
    """One score on the ruler: ``left`` in percent, ``anchor`` is the side its label hangs on."""

    kind: str
    label: str
    points: str
    left: Decimal
    anchor: str

    @property
    def shift(self) -> str:
        """Distance of the label from its line, away from the line."""
        return {"start": "7", "end": "-7"}[self.anchor]


@dataclass(frozen=True)
class Ruler:
    bands: list[Band]
    self_assessed: Mark | None
    reviewed: Mark | None
    sentence: str


STAR_NAMES = {
    0: _lazy("不定星级"),
    1: _lazy("一星级"),
    2: _lazy("二星级"),
    3: _lazy("三星级"),
    4: _lazy("四星级"),
    5: _lazy("五星级"),
}


def star_name(star: object) -> str:
    """``3`` -> 三星级, ``0`` -> 不定星级, nothing -> empty text."""
    try:
        return str(STAR_NAMES[int(str(star))])
    except (KeyError, ValueError):
        return ""


def number(value: object) -> Decimal | None:
    """A score as a number, or None for nothing and for text that is no number."""
    if value is None or value == "":
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def points(value: Decimal) -> str:
    """A score as people write it: 92.5, 92, never 92.50."""
    plain = value.normalize()
    if plain == plain.to_integral():
        plain = plain.quantize(Decimal(1))
    return number_format(plain, use_l10n=True)


def star_ruler(
    bands: Iterable[Sequence[Any]],
    *,
    self_score: object = None,
    reviewed: object = None,
    maximum: object = 105,
) -> Ruler:
    """The ruler for two scores (DB36/T 1609 5, table 1).

    ``bands`` are (star, lowest points), or those with their name, as the standard in force says; ``maximum`` is the highest total that
    can be reached with the bonus items. Scores may be missing.
    """
    ladder = sorted((Decimal(str(floor)), star, *(name or [star_name(star)])) for star, floor, *name in bands)
    top = max(number(maximum) or Decimal(0), ladder[-1][0] + 1)
    drawn = _bands(ladder)
    own, judged = number(self_score), number(reviewed)
    own_anchor, judged_anchor = _anchors(own, judged)
    return Ruler(
        bands=drawn,
        self_assessed=_mark("self", _("自评"), own, own_anchor, drawn, top),
        reviewed=_mark("reviewed", _("评审"), judged, judged_anchor, drawn, top),
        sentence=_sentence(drawn, own, judged),
    )


def _bands(ladder: list[tuple[Decimal, int, str]]) -> list[Band]:
    width = Decimal(100) / len(ladder)
    result = []
    for place, (floor, star, name) in enumerate(ladder):
        if floor > 0 or place == len(ladder) - 1:
            span = _("%(points)s分起") % {"points": points(floor)}
        else:
            span = _("%(points)s分以下") % {"points": points(ladder[place + 1][0])}
        look = max(6 - len(ladder) + place, 3) if place else 0
        left = (place * width).quantize(Decimal("0.01"))
        result.append(Band(star, floor, left, width, name, span, look))
    return result


def _anchors(own: Decimal | None, judged: Decimal | None) -> tuple[str, str]:
    """The lower score's label hangs to the left, the higher one's to the right, so that they part."""
    if own is None or judged is None or judged <= own:
        return "start", "end"
    return "end", "start"


def _mark(
    kind: str, label: str, score: Decimal | None, anchor: str, bands: list[Band], top: Decimal
) -> Mark | None:
    if score is None:
        return None
    band = _band_of(bands, score)
    place = bands.index(band)
    ceiling = bands[place + 1].floor if place + 1 < len(bands) else top
    share = (score - band.floor) / (ceiling - band.floor)
    left = band.left + band.width * min(max(share, Decimal(0)), Decimal(1))
    if left < 30:
        anchor = "start"
    elif left > 70:
        anchor = "end"
    return Mark(kind, label, points(score), left.quantize(Decimal("0.01")), anchor)


def _band_of(bands: list[Band], score: Decimal) -> Band:
    reached = [band for band in bands if band.floor <= score]
    return reached[-1] if reached else bands[0]


def _sentence(bands: list[Band], own: Decimal | None, judged: Decimal | None) -> str:
    parts = []
    if own is not None:
        parts.append(
            _("社区自评%(points)s分，在%(star)s区间")
            % {"points": points(own), "star": _band_of(bands, own).name}
        )
    if judged is not None:
        band = _band_of(bands, judged)
        text = _("评审得分%(points)s分，在%(star)s区间") % {"points": points(judged), "star": band.name}
        above = bands[bands.index(band) + 1 :]
        if above:
            gap = {"star": above[0].name, "gap": points(above[0].floor - judged)}
            text += _("，距%(star)s还差%(gap)s分") % gap
        parts.append(text)
    if not parts:
        return _("还没有得分。")
    return _("；").join(parts) + _("。")
