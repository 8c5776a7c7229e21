"""What is wrong with a page in a real browser: accessibility, policy, width, targets, console, weight."""

import json
from functools import cache

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import CDPSession, ConsoleMessage, Page

AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TOUCH = 44  # px, the least side of a target under a finger (MIIT rules for older users, WCAG 2.5.5)
NARROW = 600  # px, pages narrower than this are used with fingers
SCRIPTS_AND_STYLES = 90 * 1024
HTML = 60 * 1024

POLICY_WATCH = """
window.policyFaults = [];
document.addEventListener('securitypolicyviolation', event =>
    window.policyFaults.push(event.violatedDirective + ' ' + event.blockedURI));
"""

WIDTH_AUDIT = """() => {
    const page = document.documentElement, wide = page.clientWidth, found = [];
    if (page.scrollWidth <= wide) return found;
    for (const element of document.querySelectorAll('body *')) {
        const box = element.getBoundingClientRect();
        if (box.width && box.right > wide + 0.5 && !element.closest('.scroll, .toc, .tabs'))
            found.push(`${element.tagName}.${element.getAttribute('class')} ends at ${Math.round(box.right)}`);
    }
    return found.length ? found : [`page is ${page.scrollWidth} wide`];
}"""

# What hangs over the edge of its card widens no page, so the audit above does not see it.
CARD_AUDIT = """() => [...document.querySelectorAll('.card')].flatMap(card => {
    const edge = card.getBoundingClientRect().right;
    return [...card.querySelectorAll('table, .btn, .st, input, select, p, h2, dd')].filter(element => {
        const box = element.getBoundingClientRect();
        return box.width && box.right > edge + 1 && !element.closest('.scroll, .toc, .tabs, .menu-panel, .vh');
    }).slice(0, 2).map(e => `${e.tagName}.${e.className} “${e.textContent.trim().slice(0, 20)}” leaves its card`);
})"""

# A link inside a line of text is exempt, as in WCAG 2.5.8; a hidden input is as large as its label.
TARGET_AUDIT = """(least) => {
    const found = [];
    const all = 'a[href], button, input:not([type=hidden]), select, textarea, summary';
    for (const element of document.querySelectorAll(all)) {
        const style = getComputedStyle(element);
        const small = element.matches('[type=radio], [type=checkbox], input.vh');
        const box = (small ? element.closest('label') || element.parentElement : element).getBoundingClientRect();
        if (!box.width || style.visibility === 'hidden' || element.matches('[hidden] *')) continue;
        const around = element.parentElement.textContent.trim().length;
        if (element.tagName === 'A' && style.display === 'inline' &&
            around > element.textContent.trim().length + 1) continue;
        if (box.width < least - 0.5 || box.height < least - 0.5)
            found.push(`${element.tagName}.${element.className} “${element.textContent.trim().slice(0, 20)}” ` +
                `${Math.round(box.width)}x${Math.round(box.height)}`);
    }
    return found;
}"""

SETTLED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))"

WEIGHT = """() => performance.getEntriesByType('resource')
    .filter(entry => /\\.(css|js)(\\?|$)/.test(entry.name))
    .reduce((sum, entry) => sum + entry.decodedBodySize, 0)"""


def listen(page: Page) -> list[str]:
    """Collect what the console and the content security policy complain about, from now on."""
    heard: list[str] = []

    def message(entry: ConsoleMessage) -> None:
        if entry.type in {"error", "warning"}:
            heard.append(f"console: {entry.text}")

    page.on("console", message)
    page.on("pageerror", lambda error: heard.append(f"script: {error}"))
    page.add_init_script(POLICY_WATCH)
    return heard


def resized(page: Page, screen: CDPSession, width: int) -> None:
    """Make an open page as wide as asked, and a phone with touch where that is narrow, without loading it again."""
    phone = width < NARROW
    height = 844 if phone else 900
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone}
    screen.send("Emulation.setDeviceMetricsOverride", size)
    screen.send("Emulation.setTouchEmulationEnabled", {"enabled": phone, "maxTouchPoints": 5 if phone else 1})
    page.evaluate(SETTLED)


def layout_faults(page: Page, *, touch: bool) -> list[str]:
    """What hangs over the edge and, for fingers, what is too small to hit."""
    found = [f"too wide: {fault}" for audit in (WIDTH_AUDIT, CARD_AUDIT) for fault in page.evaluate(audit)]
    if touch:
        found += [f"target: {fault}" for fault in page.evaluate(TARGET_AUDIT, TOUCH)]
    return found


def faults(page: Page, *, heard: list[str] = (), touch: bool | None = None) -> list[str]:  # type: ignore[assignment]
    """Everything wrong with the page as it stands, one line a fault; ``touch`` follows the width if not given."""
    found = list(heard)
    found += [f"policy: {fault}" for fault in page.evaluate("window.policyFaults || []")]
    size = page.viewport_size
    narrow = size is not None and size["width"] < NARROW
    return found + layout_faults(page, touch=narrow if touch is None else touch) + axe_faults(page)


@cache
def axe_script() -> str:
    """What runs axe: only violations come back, each as a line a node; ``null`` where the page has not got axe yet."""
    options = json.dumps({"runOnly": AXE_RULES, "resultTypes": ["violations"]})
    told = "v => v.nodes.map(n => `axe ${v.id}: ${n.target.join(' ')}`)"
    return f"window.axe ? axe.run({options}).then(r => r.violations.flatMap({told})) : null"


@cache
def axe_itself() -> str:
    """The half megabyte that a page takes in once, however often it is asked."""
    return str(Axe().axe_script)


def axe_faults(page: Page) -> list[str]:
    """Violations of WCAG 2.2 A and AA and of good practice, as axe sees them on the page as wide as it stands."""
    found: list[str] | None = page.evaluate(axe_script())
    if found is None:
        page.evaluate(axe_itself())
        found = page.evaluate(axe_script())
    assert found is not None
    return found


def weight(page: Page) -> int:
    """Decoded bytes of the stylesheets and scripts that the page loaded."""
    return int(page.evaluate(WEIGHT))
