"""Chinese words on an English page say that they are Chinese."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from workflow.tongues import marked


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("<p>Case of 翠湖社区 today</p>", '<p>Case of <bdi lang="zh">翠湖社区</bdi> today</p>'),
        ("<td>周桂兰、万志强 (2)</td>", '<td><bdi lang="zh">周桂兰、万志强</bdi> (2)</td>'),
        ("<a>Notice 幸评示〔2026〕1号</a>", '<a>Notice <bdi lang="zh">幸评示〔2026〕1号</bdi></a>'),
        ("<h1>“翠湖社区”的公示</h1>", '<h1><bdi lang="zh">“翠湖社区”的公示</bdi></h1>'),
        (
            "<p>第三章 Standards 标准</p>",
            '<p><bdi lang="zh">第三章</bdi> Standards <bdi lang="zh">标准</bdi></p>',
        ),
        ("<option value=1>南昌市</option>", '<option value=1 lang="zh">南昌市</option>'),
        ('<option value="1">Any</option><p>any</p>', '<option value="1">Any</option><p>any</p>'),
        ("<textarea rows=3>\n现场</textarea>", '<textarea rows=3 lang="zh">\n现场</textarea>'),
        ('<text x="1">南昌 <tspan>3%</tspan></text>', '<text x="1" lang="zh">南昌 <tspan>3%</tspan></text>'),
        ("<title>周桂兰 · Xingping</title>", "<title>周桂兰 · Xingping</title>"),
        (
            '<p lang="zh-hans">原文 <b>原文</b></p><p>原文</p>',
            '<p lang="zh-hans">原文 <b>原文</b></p><p><bdi lang="zh">原文</bdi></p>',
        ),
        ('<div lang="zh-hans"><div>原</div>文</div>', '<div lang="zh-hans"><div>原</div>文</div>'),
        ('<p title="周桂兰">240 m² · 100%</p>', '<p title="周桂兰">240 m² · 100%</p>'),
    ],
)
def test_chinese_words_are_marked_where_they_stand(page: str, told: str) -> None:
    assert marked(page) == told
    assert marked(told) == told, "what is marked is not marked again"


@pytest.mark.django_db
def test_only_english_pages_are_marked(client: Client, sign_in: Callable[[str], Client]) -> None:
    assert '<bdi lang="zh">' not in client.get("/public/").content.decode()
    client = sign_in("street")
    assert '<bdi lang="zh">' not in client.get("/desk/").content.decode()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    answer = client.get("/desk/")
    assert '<bdi lang="zh">公园街道办事处</bdi> · Sub-district officer' in answer.content.decode()
    assert int(answer["Content-Length"]) == len(answer.content)
