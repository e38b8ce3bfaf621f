"""The book as one zip on a machine without a network, and how much a page weighs."""

import gzip
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import dist
import pytest
import versions
from conftest import READY
from test_page import CHANGED, SHOWN
from visits import BUILT, CONTROLS, HTML, PAGES, each

ROOT = Path(__file__).resolve().parents[2]

AHEAD = {"_static/vendor/widgets/embed.js"}
FIRST_VISIT = 1_000_000  # bytes gzipped beyond what the front page has brought
LESSON = next(name for name in CONTROLS if name.endswith("two-pictures.html"))


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The folder that `make dist`'s zip unpacks to."""
    subprocess.run([sys.executable, str(ROOT / "tools" / "dist.py")], check=True, capture_output=True)
    folder = tmp_path_factory.mktemp("zip with a space")
    with zipfile.ZipFile(next((ROOT / "_build").glob("escapelab-book-*.zip"))) as archive:
        archive.extractall(folder)
    return next(folder.iterdir())


@pytest.fixture
def reader(browser, unpacked):
    """A page of the unpacked book; .asked lists every address that it asks for, .missing what was not there."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.asked, page.missing = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("requestfailed", lambda request: page.missing.append(request.url[:200]))
    page.on("pageerror", lambda error: page.missing.append(f"JavaScript: {error}"))
    yield page
    context.close()


def outside(page, folder: Path) -> list[str]:
    """The addresses that are neither files of the folder nor inside of the page."""
    own = (folder.as_uri(), "data:", "blob:", "about:")
    return [address[:200] for address in page.asked if not address.startswith(own)]


def test_the_zip_opens_and_asks_the_network_for_nothing(reader, unpacked):
    reader.goto((unpacked / "index.html").as_uri())
    reader.wait_for_selector(".bd-article h1")
    reader.locator(f'.bd-sidebar-primary a[href="{LESSON}"]').click()
    reader.wait_for_function(READY, timeout=30_000)
    assert reader.locator("mjx-container").count() > 3
    control = reader.locator(".escapelab-control").first
    before = control.evaluate(SHOWN)
    control.locator(".noUi-handle").first.press("ArrowRight")
    reader.wait_for_function(CHANGED, arg=[control.element_handle(), before], timeout=30_000)
    assert reader.evaluate("document.fonts.check('16px \"Page icons\"')")
    assert outside(reader, unpacked) == [] and reader.missing == []


def test_search_works_from_a_folder(reader, unpacked):
    reader.goto((unpacked / LESSON).as_uri())
    reader.locator("button.search-button-field").click()
    reader.keyboard.type("saddles")
    reader.keyboard.press("Enter")
    reader.wait_for_selector("#search-results li a", timeout=30_000)
    found = reader.locator("#search-results li a", has_text="Do saddles trap?").first
    found.click()
    reader.wait_for_selector(".bd-article h1:has-text('Do saddles trap?')")
    assert outside(reader, unpacked) == [] and reader.missing == []


@each(PAGES)
def test_all_that_a_page_loads_is_in_the_zip(visit):
    assert [name for name in visit.files if dist.LEFT_OUT.fullmatch(name)] == []


def test_a_request_to_the_network_would_be_seen(reader, unpacked):
    reader.goto((unpacked / "intro.html").as_uri())
    reader.evaluate("new Image().src = 'https://example.org/pixel.png'")
    reader.wait_for_timeout(300)
    assert len(outside(reader, unpacked)) == 1


def test_every_notebook_can_be_downloaded_from_the_zip_with_its_library(unpacked):
    notebooks = sorted((unpacked / "_sources").rglob("*.ipynb"))
    first = {json.loads(path.read_text(encoding="utf-8"))["cells"][0]["id"] for path in notebooks}
    assert len(notebooks) == len(list((ROOT / "chapters").rglob("*.ipynb"))) and first == {"get-the-library"}
    assert [path.name for path in unpacked.glob("*.whl")] == [f"escapelab-{versions.number()}-py3-none-any.whl"]


def test_every_page_is_made_from_the_present_versions():
    assert versions.stale() == []


def test_a_stale_page_is_refused(tmp_path):
    page = (HTML / LESSON).read_text(encoding="utf-8")
    (tmp_path / "old.html").write_text(page.replace('content="book ', 'content="book 0'), encoding="utf-8")
    (tmp_path / "bare.html").write_text("<html></html>", encoding="utf-8")
    assert versions.stale(tmp_path) == ["bare.html", "old.html"]


@each(PAGES)
def test_the_foot_of_a_page_says_its_versions_and_how_to_cite_them(visit):
    assert visit.foot.count(versions.current()) == 2 and "Cite this version" in visit.foot


def weight(name: str) -> int:
    """Bytes of a file of the book, gzipped unless it is compressed already."""
    data = (HTML / name).read_bytes()
    return min(len(data), len(gzip.compress(data, 6)))


@each(CONTROLS)
def test_the_first_visit_of_a_lesson_brings_at_most_a_megabyte(open_page, visit, name):
    """Beyond what the front page has brought, and the widgets that it fetches ahead; _build/weights has the bytes."""
    front = {file[1:] for file in open_page("intro.html", 1280).files if file.startswith("/")}
    new, cold = (sum(map(weight, files)) for files in ({*visit.files} - front - AHEAD, visit.files))
    (HTML.parent / "weights").mkdir(exist_ok=True)
    (HTML.parent / "weights" / f"{Path(name).stem}.json").write_text(json.dumps({"new": new, "cold": cold}))
    assert new <= FIRST_VISIT


@each(CONTROLS)
def test_no_script_holds_up_the_text(name):
    text = (HTML / name).read_text(encoding="utf-8")
    head, _, body = text.partition("</head>")
    scripts = [script for script in head.split("<script")[1:] if "src=" in script.partition(">")[0]]
    assert scripts and all("defer" in script.partition(">")[0] for script in scripts)
    before = body.partition("<h1>")[0]
    assert len(gzip.compress((head + before).encode())) < 14_000 and "widget-state" not in head + before


def test_the_front_page_fetches_the_widgets_ahead():
    assert 'rel="prefetch" href="_static/vendor/widgets/embed.js' in (HTML / "intro.html").read_text(encoding="utf-8")


def test_the_icons_that_pages_use_are_drawn():
    import re

    styles = (ROOT / "_static" / "icons.css").read_text(encoding="utf-8")
    pages = " ".join((HTML / name).read_text(encoding="utf-8") for name in BUILT)
    used = set(re.findall(r'<i class="(?:fa-solid|fas|fab|fa-brands) (fa-[\w-]+)', pages)) - {"fa-lg"}
    assert {name for name in used if f".{name}::before" not in styles} == set()
