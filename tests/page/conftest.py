"""A real browser on the built book, without a network."""

import os
import shutil

import pytest
from laboratory import lab, run_all  # noqa: F401
from playwright.sync_api import sync_playwright
from visits import HTML, look
from xdist.scheduler import LoadScopeScheduling

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def browser_path() -> str:
    """Where Chromium or a relative of it is; fails with a sentence that says how to get one."""
    found = [os.environ.get("BROWSER_PATH"), *map(shutil.which, NAMES), *filter(os.path.exists, PLACES)]
    path = next(filter(None, found), None)
    if path is None:
        pytest.fail(
            "The page tests need Chromium or Chrome. Debian and Ubuntu: sudo apt install chromium. Fedora: sudo dnf "
            "install chromium. Elsewhere install Google Chrome, or set BROWSER_PATH to a browser's program."
        )
    return path


class ByPage(LoadScopeScheduling):
    """Tests of one page run in one process, one after the other; so do those of a file that are not repeated."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.rpartition("[")[2] if nodeid.endswith("]") else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config, log):
    return ByPage(config, log)


@pytest.fixture(scope="session")
def browser():
    path = browser_path()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def open_page(browser):
    """open_page(name, width, **context) -> page, loaded from its file, with .complaints and .files that it loaded."""
    contexts = []

    def opened(name: str, width: int, **context):
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, offline=True, **context))
        page = contexts[-1].new_page()
        page.complaints, page.files = [], set()
        page.on("pageerror", lambda error: page.complaints.append(f"JavaScript: {error}"))
        page.on("console", lambda line: page.complaints.append(line.text) if line.type == "error" else None)
        page.on("request", lambda request: page.complaints.extend(outside(request.url)))
        page.on("request", lambda request: page.files.add(request.url.partition("?")[0].removeprefix(HTML.as_uri())))
        page.on("requestfailed", lambda request: page.complaints.append(f"not loaded: {request.url[:200]}"))
        page.goto((HTML / name).as_uri())
        page.wait_for_function(READY, timeout=30_000)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def visits() -> dict:
    """The visits made so far in this process."""
    return {}


@pytest.fixture
def visit(open_page, visits, name):
    """What was found on the page `name`, which is visited once."""
    if name not in visits:
        visits[name] = look(open_page, name)
    return visits[name]


def outside(url: str) -> list[str]:
    return [] if url.startswith(("file:", "data:", "blob:", "about:")) else [f"asked for {url[:200]}"]


READY = """async () => {
  const wanted = document.querySelectorAll('script[type="application/vnd.jupyter.widget-view+json"]').length;
  if (document.querySelectorAll(".escapelab-control .escapelab-picture img").length < wanted) return false;
  if (window.MathJax && MathJax.startup) await MathJax.startup.promise;
  await document.fonts.ready;
  return [...document.images].every((image) => image.complete);
}"""
