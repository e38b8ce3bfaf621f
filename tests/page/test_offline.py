"""The book as one zip on a machine without a network, and how much a page weighs."""

import gzip
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import READY
from test_page import BUILT, CHANGED, CONTROLS, HTML, PAGES, SHOWN

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tools"))
import versions  # noqa: E402

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
    reader.wait_for_function(CHANGED, arg=[control.element_handle(), before], timeout=4000)
    assert reader.evaluate("document.fonts.check('16px \"Page icons\"')")
    assert outside(reader, unpacked) == [] and reader.missing == []


def test_search_works_from_a_folder(reader, unpacked):
    reader.goto((unpacked / LESSON).as_uri())
    reader.locator("button.search-button-field").click()
    reader.keyboard.type("saddles")
    reader.keyboard.press("Enter")
    reader.wait_for_selector("#search-results li a", timeout=10_000)
    found = reader.locator("#search-results li a", has_text="Do saddles trap?").first
    found.click()
    reader.wait_for_selector(".bd-article h1:has-text('Do saddles trap?')")
    assert outside(reader, unpacked) == [] and reader.missing == []


def test_every_page_of_the_zip_finds_all_it_asks_for_inside(reader, unpacked):
    for name in PAGES:
        reader.goto((unpacked / name).as_uri())
        reader.wait_for_function(READY, timeout=30_000)
    assert outside(reader, unpacked) == [] and reader.missing == []


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


@pytest.mark.parametrize("name", PAGES)
def test_the_foot_of_a_page_says_its_versions_and_how_to_cite_them(open_page, name):
    page = open_page(name, 1280)
    assert versions.current() in page.inner_text(".extra_footer")
    page.locator(".extra_footer summary").click()
    assert versions.current() in page.inner_text(".extra_footer pre")


def weight(address: str) -> int:
    """Bytes of a file of the book, gzipped unless it is compressed already."""
    data = Path(address.partition("?")[0].partition("#")[0]).read_bytes()
    return min(len(data), len(gzip.compress(data, 6)))


def asked(open_page, name: str) -> set[str]:
    """The files that a page loads, itself among them."""
    files = []
    page = open_page(name, 1280)
    page.on("request", lambda request: files.append(request.url))
    page.reload()
    page.wait_for_function(READY, timeout=30_000)
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(200)
    return {url.removeprefix("file://").partition("?")[0] for url in files if url.startswith("file:")}


def test_the_first_visit_of_a_lesson_brings_at_most_a_megabyte(open_page):
    front = asked(open_page, "intro.html")
    lessons = {name: asked(open_page, name) for name in CONTROLS}
    ahead = {str(HTML / "_static/vendor/widgets/embed.js")}
    new = {name: sum(map(weight, files - front - ahead)) for name, files in lessons.items()}
    cold = {name: sum(map(weight, files)) for name, files in lessons.items()}
    (HTML.parent / "weights.json").write_text(json.dumps({"new": new, "cold": cold, "front": sum(map(weight, front))}))
    assert {name: size for name, size in new.items() if size > FIRST_VISIT} == {}


@pytest.mark.parametrize("name", CONTROLS)
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
