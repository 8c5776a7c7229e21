"""Hands that never leave the keyboard: Tab to a control, type, press; the focus must be where it can be seen."""

from playwright.sync_api import Page

MOST_TABS = 600
FOCUS = """(selector) => {
    const here = document.activeElement;
    return Boolean(here && here.matches(selector));
}"""
VISIBLE = """() => {
    const box = document.activeElement.getBoundingClientRect();
    return box.width > 0 && box.bottom > 0 && box.top < innerHeight;
}"""


def press_keys(page: Page, *keys: str) -> None:
    """Press keys one after the other."""
    for key in keys:
        page.keyboard.press(key)


def write(page: Page, text: str) -> None:
    """Type a text, as an input method hands it in."""
    page.keyboard.insert_text(text)


def tab_to(page: Page, selector: str, key: str = "Tab") -> int:
    """Press Tab until the focus is on a control; return how often. A trap or an unreachable control fails."""
    for count in range(MOST_TABS):
        if page.evaluate(FOCUS, selector):
            assert page.evaluate(VISIBLE), f"{selector} has the focus out of sight"
            return count
        page.keyboard.press(key)
    raise AssertionError(f"{MOST_TABS} times {key} do not reach {selector} at {page.url}")


def choose(page: Page, name: str, value: str) -> None:
    """Choose an answer of a group of radio buttons: Tab into it, arrow to the answer."""
    tab_to(page, f"input[name='{name}']")
    for _step in range(20):
        if page.evaluate(FOCUS, f"input[name='{name}'][value='{value}']:checked"):
            return
        if page.evaluate(FOCUS, f"input[name='{name}'][value='{value}']"):
            page.keyboard.press("Space")
        else:
            page.keyboard.press("ArrowRight")
    raise AssertionError(f"the arrows do not reach {value} of {name}")
