"""JupyterLab with a kernel and a browser: the same cell becomes continuous sliders."""

import itertools
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
LESSON = ROOT / "chapters" / "thread" / "q1-why-it-settles.ipynb"
LEVEL = """import matplotlib.pyplot as plt
from escapelab.explore import explore

def draw(height, law):
    figure, axes = plt.subplots(figsize=(4, 2))
    axes.plot([0, 1], [height, height], "o-" if law == "flat" else "s--")
    axes.set(ylim=(0, 2), title=f"{height / (height != 1.01):g}")
    return figure, f"The {law} level is {height:g}."

explore(draw, play="height", height=[1.0, 1.5, 2.0], law=["flat", "steep"])
"""
SHOWN = """() => {
  const figure = document.querySelector(".escapelab-picture figure");
  const image = figure && figure.querySelector("img");
  return image ? [image.src, figure.querySelector("figcaption").textContent] : null;
}"""
OTHER = f"(before) => {{ const now = ({SHOWN})(); return now && now[0] !== before[0] && now[1] !== before[1]; }}"
KERNEL_READY = "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
SLIDER = ".escapelab-live .noUi-handle"
TROUBLE = "() => document.querySelector('.escapelab-picture [role=alert]')"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """(address, folder of its notebooks) of a JupyterLab whose settings are in a folder of its own."""
    home = tmp_path_factory.mktemp("lab")
    settings = home / "config" / "labconfig"
    settings.mkdir(parents=True)
    quiet = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    (settings / "page_config.json").write_text(json.dumps(quiet))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    places = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    }
    options = [
        "--no-browser",
        "--allow-root",
        "--expose-app-in-browser",
        "--IdentityProvider.token=",
        f"--ServerApp.port={port}",
        f"--ServerApp.root_dir={home}",
        "--LabApp.extension_manager=readonly",
    ]
    environment = os.environ | {name: str(home / place) for name, place in places.items()}
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options], stdout=log, stderr=log, env=environment
        )
        try:
            answered(f"http://127.0.0.1:{port}/api", server, home / "log")
            yield f"http://127.0.0.1:{port}", home
        finally:
            server.terminate()
            server.wait(20)


def answered(address: str, server: subprocess.Popen, log: Path) -> None:
    """Wait until the server answers; fails with its log if it does not within a minute."""
    for _ in range(120):
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.5)
        if server.poll() is not None:
            break
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()}")


@pytest.fixture
def run_all(lab, browser):
    """run_all(notebook) -> page with the notebook open, all of its cells run, and its first control live."""
    address, home = lab
    contexts, counter = [], itertools.count(time.monotonic_ns())

    def opened(notebook: Path):
        name = f"run-{next(counter)}"
        shutil.copy(notebook, home / f"{name}.ipynb")
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 1000}))
        page = contexts[-1].new_page()
        page.goto(f"{address}/lab/workspaces/{name}/tree/{name}.ipynb")
        page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook", timeout=60_000)
        page.wait_for_function(KERNEL_READY, timeout=60_000)
        page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
        page.wait_for_selector(SLIDER, timeout=180_000)
        return page

    yield opened
    for context in contexts:
        context.pages[0].evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        context.close()


def changed(page, before: list[str]) -> list[str]:
    """Picture and caption once both are others than before; times out if they stay."""
    page.wait_for_function(OTHER, arg=before, timeout=30_000)
    return page.evaluate(SHOWN)


@pytest.fixture
def levels(tmp_path):
    """A notebook with one control."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(LEVEL)])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, tmp_path / "levels.ipynb")
    return tmp_path / "levels.ipynb"


def test_a_slider_reaches_values_that_were_never_stored(run_all, levels):
    page = run_all(levels)
    first = page.evaluate(SHOWN)
    assert first[1] == "The flat level is 1."
    page.locator(SLIDER).first.press("ArrowRight")
    assert changed(page, first)[1] == "The flat level is 1.005."


def test_an_error_while_drawing_is_said_and_the_picture_stays(run_all, levels):
    page = run_all(levels)
    handle, first = page.locator(SLIDER).first, page.evaluate(SHOWN)
    handle.press("ArrowRight")
    good = changed(page, first)
    handle.press("ArrowRight")
    page.wait_for_function(TROUBLE, timeout=30_000)
    assert "No picture at height = 1.01, law = flat: ZeroDivisionError" in page.inner_text("[role=alert]")
    assert page.evaluate(SHOWN) == good


def test_play_runs_through_the_stored_values(run_all, levels):
    page = run_all(levels)
    page.locator(".escapelab-control .widget-play button").first.click()
    page.wait_for_function(f"() => ({SHOWN})()[1] === 'The flat level is 2.'", timeout=60_000)


def test_a_lesson_is_live_in_jupyterlab(run_all):
    page = run_all(LESSON)
    first = page.evaluate(SHOWN)
    handle = page.locator(SLIDER).first
    handle.press("ArrowRight")
    second = changed(page, first)
    handle.press("ArrowRight")
    assert changed(page, second)[1] != first[1]


REDRAWN = """([handle, key]) => new Promise((done, failed) => {
  const picture = handle.closest(".escapelab-control").querySelector(".escapelab-picture");
  const before = picture.querySelector("img").src, start = performance.now();
  const watch = new MutationObserver(async () => {
    const image = picture.querySelector("img");
    if (!image || image.src === before) return;
    watch.disconnect();
    await image.decode();
    requestAnimationFrame(() => done(performance.now() - start));
  });
  watch.observe(picture, { childList: true, subtree: true });
  setTimeout(() => failed(new Error("no new picture")), 20000);
  handle.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
})"""


def test_a_new_picture_follows_the_input_within_150_ms(run_all):
    """The median over presses of the lesson's first slider; judged only where nothing else keeps the cores busy."""
    page = run_all(LESSON)
    handle = page.locator(SLIDER).first.element_handle()
    handle.focus()
    waits = [page.evaluate(REDRAWN, [handle, "ArrowRight"]) for _ in range(21)][1:]
    median, load = statistics.median(waits), os.getloadavg()[0]
    measured = {"median_ms": round(median), "slowest_ms": round(max(waits)), "load": load, "cores": os.cpu_count()}
    (ROOT / "_build" / "latency.json").write_text(json.dumps(measured))
    assert median < 150 or load > 0.75 * os.cpu_count(), measured
