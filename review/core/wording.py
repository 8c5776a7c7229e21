"""The official texts of notices and announcements: one wording for every community (R3-052), in Chinese only."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

STARS = {1: "一星级", 2: "二星级", 3: "三星级", 4: "四星级", 5: "五星级"}
BELOW = "不定星级"


HONOUR = re.compile("“[^”]+”")


def star_words(content: Mapping[str, Any]) -> str:
    """Return the level of a snapshot in words: the standard's own name of it, else the usual one."""
    return str(content.get("star_words") or STARS.get(content["star"], BELOW))


def honour(content: Mapping[str, Any]) -> str:
    """Return the title that the standard's name begins with, in its quotation marks; nothing where it has none."""
    found = HONOUR.match(content["standard"]["title"])
    return found[0] if found else ""


def day_words(day: date) -> str:
    """Return a date as official texts write it."""
    return f"{day.year}年{day.month}月{day.day}日"


def place_words(content: Mapping[str, Any]) -> str:
    """Return city, county and street of a snapshot in one word."""
    regions = content["regions"]
    return "".join(regions[level]["name"] for level in ("city", "county", "street") if level in regions)


def _standard(content: Mapping[str, Any]) -> str:
    return f"{content['standard']['code']}《{content['standard']['title']}》"


def notice_words(content: Mapping[str, Any], *, days: int, replaces: str = "") -> tuple[str, str]:
    """Return the title and the text a notice begins with; the publisher may change both.

    ``replaces`` is the number of the notice that reconsideration has overtaken.
    """
    name, star = content["community"]["name"], star_words(content)
    title = f"关于“{name}”拟评定为{star}{honour(content)}的公示"
    if not content["star"]:
        title = f"关于“{name}”星级评定结果的公示"
    after = f"经异议复核，原公示（{replaces}）的结果有变化，现重新公示。" if replaces else ""
    text = (
        f"{after}依据{_standard(content)}，经社区申报、逐级审核、第三方评审和评定委员会表决，"
        f"{place_words(content)}“{name}”在{content['batch']['name']}中的评定结果为{star}，现予公示，"
        f"公示期{days}天（含发布当日）。\n"
        "对公示内容有异议的，请在公示期内通过本页“提出异议”实名反映，并写明异议的指标、事实和理由。"
        "个人信息不公开。"
    )
    return title, text


def announcement_words(
    content: Mapping[str, Any], *, notice: str, first: date, last: date, years: int
) -> tuple[str, str]:
    """Return the title and the text of the announcement of a result that stood through its notice."""
    name, star = content["community"]["name"], star_words(content)
    basis = (
        f"依据{_standard(content)}，经{content['batch']['name']}评定，"
        f"并经{day_words(first)}至{day_words(last)}公示（{notice}），"
    )
    if not content["star"]:
        return (
            f"关于“{name}”星级评定结果的公告",
            f"{basis}{place_words(content)}“{name}”本轮评定结果为{star}。",
        )
    return (
        f"关于命名“{name}”为{star}{honour(content)}的公告",
        f"{basis}现命名{place_words(content)}“{name}”为{star}{honour(content)}，有效期{'零一二三四五六七八九'[years]}年。",
    )


def revocation_words(
    content: Mapping[str, Any],
    *,
    announcement: str,
    reason: str,
    return_by: date,
    barred_until: date | None,
) -> tuple[str, str]:
    """Return the title and the text by which the public are told that a star was revoked.

    ``barred_until``: the last day on which the community may not apply again, None where it may at once.
    """
    name, star = content["community"]["name"], star_words(content)
    title = f"关于撤销“{name}”{star}{honour(content)}的公告"
    text = (
        f"{announcement}命名的{place_words(content)}“{name}”{star}{honour(content)}，自本公告发布之日起撤销。\n"
        f"事实和依据：{reason}\n"
        f"{_return_words(return_by)}"
    )
    if barred_until is not None:
        text += f"\n该社区在{day_words(barred_until)}前（含当日）不得再次申报。"
    return title, text


def lowering_words(
    content: Mapping[str, Any],
    *,
    lowered: Mapping[str, Any],
    announcement: str,
    reason: str,
    return_by: date,
    until: date,
) -> tuple[str, str]:
    """Return the title and the text by which the public are told that a star was lowered; its term stays as it was.

    ``lowered``: the level from now on as a snapshot has it (``star``, ``star_words``).
    """
    name, before, now = content["community"]["name"], star_words(content), star_words(lowered)
    title = f"关于“{name}”降为{now}{honour(content)}的公告"
    text = (
        f"{announcement}命名的{place_words(content)}“{name}”{before}{honour(content)}，自本公告发布之日起降为{now}，"
        f"有效期仍至{day_words(until)}。\n"
        f"事实和依据：{reason}\n"
        f"{_return_words(return_by)}新证书可在本公告页面查验、下载。"
    )
    return title, text


def _return_words(day: date) -> str:
    return f"原证书和牌匾应于{day_words(day)}前（含当日）交回所在地县级经办单位，逾期未交回的作废。"
