"""One visit of each page of the book, wide, in the dark and narrow: what all tests of pages judge."""

import sys
from pathlib import Path
from typing import NamedTuple

import pytest

BUILD = Path(__file__).resolve().parents[2] / "_build"
HTML, SCREENSHOTS = BUILD / "html", BUILD / "screenshots"
BUILT = sorted(path.relative_to(HTML).as_posix() for path in HTML.rglob("*.html") if "_static" not in path.parts)
PAGES = [name for name in BUILT if name != "index.html" and not name.startswith("_modules/")]  # index leads to intro
SOURCES = [name for name in BUILT if name.startswith("_modules/")]
CONTROLS = [name for name in PAGES if "widget-view+json" in (HTML / name).read_text(encoding="utf-8")]
AXE = Path(sys.prefix) / "share" / "escapelab-assets" / "tests" / "axe.min.js"
COLOUR_RULES = "color-contrast link-in-text-block"  # of axe: all that the dark can change
VIOLATIONS = """async (rules) => {
  const only = rules && { runOnly: { type: "rule", values: rules.split(" ") } };
  return (await axe.run(document, { resultTypes: ["violations"], preload: false, ...only })).violations
    .filter((rule) => rule.impact === "serious" || rule.impact === "critical")
    .flatMap((rule) => rule.nodes.map((node) => [rule.id, node.target.join(" "), node.failureSummary]));
}"""
TURNED = """async ([mode, width]) => {
  if (document.documentElement.dataset.theme !== mode || innerWidth !== width) return false;
  for (const _ of [1, 2, 3]) await new Promise(requestAnimationFrame);
  return true;
}"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PICTURES = "[...document.images].map((image) => [image.getAttribute('alt'), image.src.slice(-80)])"
FIGURES = """() => [...document.querySelectorAll(".bd-article .cell_output img")].map((image) => {
  const numbers = (image.closest("figure") || image.closest(".cell_output")).querySelector(".escapelab-numbers");
  const framed = Boolean(image.closest(".escapelab-frame"));
  return [numbers ? numbers.querySelectorAll("td").length : 0, framed || image.alt.includes("drawn: "), image.alt];
})"""
FOOT = "document.querySelector('.extra_footer').textContent"


class Visit(NamedTuple):
    """What a browser found on a page."""

    complaints: list[str]  # JavaScript errors, errors in the console, requests to a network, files that were not there
    too_wide: dict[int, float]  # pixels that must be scrolled sideways at each width
    pictures: list  # [alt, end of the address] of every picture
    figures: list  # [cells in its table of numbers, whether its numbers' sentence is there, alt] of every cell's figure
    foot: str  # text of the foot
    files: list[str]  # that it loads, itself among them, below the book's folder
    violations: list  # of axe, serious and critical: [width, colours, rule, place, summary]


def each(names: list[str]):
    """The decorator that repeats a test for each of the pages."""
    return pytest.mark.parametrize("name", names, ids=lambda name: name.removesuffix(".html"))


def look(open_page, name: str) -> Visit:
    """Visit a page wide in both modes and narrow in the light; screenshots go to _build/screenshots."""
    page = open_page(name, 1280, reduced_motion="reduce")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.evaluate("window.scrollTo(0, 0)")
    files = sorted(file[1:] for file in page.files if file.startswith("/"))
    page.evaluate(AXE.read_text(encoding="utf-8"))
    too_wide, violations = {}, []
    for width, colours, rules in ((1280, "light", ""), (1280, "dark", COLOUR_RULES), (390, "light", "")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=colours)
        page.wait_for_function(TURNED, arg=[colours, width])
        too_wide[width] = page.evaluate(TOO_WIDE)
        violations += [[width, colours, *found] for found in page.evaluate(VIOLATIONS, rules)]
        _shoot(page, f"{name.removesuffix('.html').replace('/', '-')}-{width}-{colours}", width)
    asked = [page.evaluate(question) for question in (PICTURES, FIGURES, FOOT)]
    return Visit(page.complaints, too_wide, *asked, files, violations)


def _shoot(page, name: str, width: int) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    height = min(page.evaluate("document.documentElement.scrollHeight"), 8000)
    clip = {"x": 0, "y": 0, "width": width, "height": height}
    page.screenshot(path=SCREENSHOTS / f"{name}.jpg", type="jpeg", quality=80, full_page=True, clip=clip)
