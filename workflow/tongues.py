"""Chinese words on English pages carry ``lang="zh"``: names and what people wrote stay as they are, and are read out right.

Nobody can translate a person's name, a community or a written opinion. A screen reader, however, has to be told that
the words are Chinese (WCAG 3.1.2), wherever one of some hundred templates prints them. So the finished page is marked.
"""

import re
from collections.abc import Callable, Iterator

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

HAN = "\u2e80-\u2fdf\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
LEAD = "“《〈（〔【"
TAIL = "”》〉）〕】。，、；：！？…"
# from the first Chinese sign to the last, with figures and signs between them, but never with a Latin word
RUN = re.compile(rf"[{LEAD}]*\d*[{HAN}](?:[^<>&A-Za-z]*[{HAN}])?[\d]*[号级]?[{TAIL}]*")
TAG = re.compile(r"(<[^<>]+>)")
NAME = re.compile(r"<(/?)([a-zA-Z][\w-]*)")
CHINESE = re.compile(r"\blang=\"?'?zh")
# nothing can be put into these: the element itself says it where all of its words are one piece
WHOLE = {"option", "textarea", "text", "tspan"}
KEPT = {"title", "script", "style"}
SPAN = '<bdi lang="zh">'


class Tongues:
    """Marks the Chinese words of every English page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; pages in Chinese, files and data pass as they are."""
        response = self.get_response(request)
        page = response.get("Content-Type", "").startswith("text/html") and not response.streaming
        if page and not (get_language() or "zh").startswith("zh"):
            response.content = marked(response.content.decode(response.charset))
        return response


def marked(html: str) -> str:
    """Return the page with ``lang="zh"`` around or on whatever is Chinese and not yet inside something that says so."""
    return "".join(_pieces(TAG.split(html)))


def _pieces(parts: list[str]) -> Iterator[str]:
    """Yield the page piece by piece; texts stand at the even places, tags at the odd ones."""
    inside, depth = "", 0  # an element whose words are left alone, and how often it is open
    for place in range(0, len(parts), 2):
        text, tag = parts[place], parts[place + 1] if place + 1 < len(parts) else ""
        found = NAME.match(tag)
        closing, name = (bool(found[1]), found[2].lower()) if found else (False, "")
        yield text if inside else RUN.sub(lambda run: f"{SPAN}{run[0]}</bdi>", text)
        if inside:
            depth += 0 if name != inside else -1 if closing else 1
            inside = inside if depth else ""
        elif not closing and (name in KEPT or name in WHOLE or CHINESE.search(tag)):
            inside, depth = name, 1
            if name in WHOLE and RUN.search(parts[place + 2]) and not CHINESE.search(tag):
                tag = f'{tag[:-1]} lang="zh">'
        yield tag
