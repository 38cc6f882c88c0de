"""Whether a page keeps anybody out: what axe finds, where Tab leads, how large and how whole what one presses is."""

from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page
from waiting import until

AXE: Final = Path(__file__).parents[2] / "webclient" / "node_modules" / "axe-core" / "axe.min.js"

#: Functions over the document and every open shadow tree in it.
_DEEP: Final = """
const every = (root, selector) => [
  ...root.querySelectorAll(selector),
  ...[...root.querySelectorAll('*')].flatMap((one) => one.shadowRoot ? every(one.shadowRoot, selector) : []),
];
const focused = () => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at;
};
const isShown = (one) => one.checkVisibility({checkVisibilityCSS: true}) && !one.closest('[inert]');
const named = (one) => `${one.localName}.${one.className} ${one.getAttribute('aria-label') ?? one.textContent.trim()}`;
"""


def deep(page: Page, script: str, *given: Any) -> Any:
    """What a function's body returns, with ``every``, ``focused`` and ``isShown`` over all shadow trees at hand."""
    return page.evaluate(f"(given) => {{ {_DEEP} {script} }}", list(given))


def serious(page: Page, *, within: str = "html") -> list[str]:
    """What axe finds that would keep somebody out, on the page or in a part of it."""
    settled(page)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())  # as the debugger does it: the page's policy lets no foreign script in
    found: Any = page.evaluate("(within) => axe.run(within, {resultTypes: ['violations']})", within)
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def settled(page: Page) -> None:
    """Until nothing fades or glides any more: what fades in has its contrast at the end only."""
    until(
        page,
        "document.getAnimations().every((one) => one.playState !== 'running'"
        " || one.effect?.getComputedTiming().endTime === Infinity)",
    )


def tab_to(page: Page, selector: str, *, key: str = "Tab", most: int = 80) -> None:
    """Press Tab, or Shift and Tab, until the keyboard is there: nothing on the way may hold it."""
    for _ in range(most):
        if deep(page, "return focused()?.matches(given[0]) ?? false", selector):
            return
        page.keyboard.press(key)
    raise AssertionError(f"Tab does not lead to {selector}, but to {deep(page, 'return named(focused())')}")


def too_small(page: Page, least_px: int = 44) -> list[Any]:
    """What can be pressed and is smaller than a thumb wants; a field counts with its label, a link in a text not."""
    return list(
        deep(
            page,
            """const pressed = 'a, button, select, input, textarea, summary, [role=button], [role=tab]';
            return every(document, pressed).filter(isShown).flatMap((one) => {
              if (one.localName === 'a' && getComputedStyle(one).display === 'inline') return [];
              const areas = [one, ...(one.labels ?? []), one.closest('label')].filter(Boolean)
                .map((area) => area.getBoundingClientRect());
              const [width, height] = [Math.max(...areas.map((a) => a.width)), Math.max(...areas.map((a) => a.height))];
              return width >= given[0] - 0.5 && height >= given[0] - 0.5 ? [] : [[named(one), width, height]];
            })""",
            least_px,
        )
    )


def cut_off(page: Page) -> list[Any]:
    """What can be pressed and lies outside of the window to the left or right, or the page that is wider than it."""
    return list(
        deep(
            page,
            """const wide = document.documentElement.scrollWidth - innerWidth;
            const out = every(document, 'a, button, select, input, textarea, h1, h2').filter(isShown).flatMap((one) => {
              const {left, right, width} = one.getBoundingClientRect();
              const scrolls = one.closest('.gallery, .rail, .strip');
              return !width || scrolls || one.matches('.skip') || (left >= -1 && right <= innerWidth + 1)
                ? [] : [[named(one), left, right]];
            });
            return wide > 0 ? [['the page is wider by', wide], ...out] : out""",
        )
    )
