"""The one list of icons that pages may name.

Lucide renames and drops icons between releases; with every name in one place a test can tell before a page does.
"""

from functools import lru_cache
from xml.etree.ElementTree import fromstring, tostring

from lucide.templatetags.lucide import lucide

NAMES = """
    a-arrow-down a-arrow-up alarm-clock archive arrow-down arrow-left arrow-right arrow-up award badge-alert
    badge-check badge-info ban bell book-open bookmark building building-2 calendar calendar-check
    calendar-clock calendar-days calendar-range camera chart-column chart-line chart-pie check chevron-down
    chevron-left chevron-right chevron-up circle circle-alert circle-check circle-dot circle-minus circle-plus
    circle-question-mark circle-x clipboard clipboard-check clipboard-list clipboard-pen clock clock-alert
    columns-2 command contrast copy corner-down-left database download ellipsis external-link eye file
    file-check file-exclamation-point file-pen file-plus file-search file-spreadsheet file-text files flag
    folder folder-check folder-open footprints funnel gavel git-branch globe hammer handshake hash heart
    heart-handshake history hourglass house image inbox info key key-round keyboard landmark languages layers
    lightbulb link list list-checks list-filter list-todo lock log-in log-out mail map map-pin map-pinned
    megaphone menu merge message-square messages-square mic minus network package paperclip pause pen-line
    pencil percent phone play plus printer qr-code refresh-cw rotate-cw route save scale scan scroll-text
    search send send-horizontal server-crash settings share-2 shield shield-check signature sliders-horizontal
    split square-pen stamp star table target thumbs-down thumbs-up ticket-check timer timer-off trash-2
    trending-down trending-up triangle-alert undo-2 upload user user-check user-plus user-round-check user-x
    users users-round video view vote wifi-off workflow wrench x zoom-in zoom-out
"""
ICONS = frozenset(NAMES.split())

STAND_IN = "circle"  # an ornament is never worth a broken page; the test names the wrong one

# The rating star is our own drawing: it is filled and edged by the stylesheet, not stroked like an icon.
RATING = '<path d="M12 2.6l2.9 6 6.5.8-4.8 4.5 1.3 6.5L12 17.2l-5.9 3.2 1.3-6.5L2.6 9.4l6.5-.8z"/>'
STROKES = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'


def known(name: str) -> str:
    """The name itself when it is registered, else the stand-in."""
    return name if name in ICONS or name == "rating" else STAND_IN


@lru_cache(maxsize=256)
def paths(name: str) -> str:
    """The lines of an icon, to stand inside an svg or a symbol of 24 by 24."""
    if name == "rating":
        return RATING
    drawing = fromstring(lucide(name, size=None))  # noqa: S314 (a file of the installed package)
    return "".join(tostring(line, encoding="unicode") for line in drawing)


def look(name: str) -> str:
    """The attributes that an icon's svg or symbol needs besides its size."""
    return 'viewBox="0 0 24 24"' if name == "rating" else f'viewBox="0 0 24 24" {STROKES}'


def symbol(name: str) -> str:
    """The icon as a ``<symbol id="i-name">`` that any number of ``<use>`` elements on the page may show."""
    return f'<symbol id="i-{name}" {look(name)}>{paths(name)}</symbol>'
