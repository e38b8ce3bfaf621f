"""Every lesson in JupyterLab: what it looks like, and its controls at values that no picture was stored for."""

import json
import os
import re
import statistics
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
LATENCY = ROOT / "_build" / "latency"
LESSONS = [path for path in sorted((ROOT / "chapters").rglob("*.ipynb")) if "explore(" in path.read_text("utf-8")]
each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: f"{path.parent.name}/{path.stem}")
PRESSES = 5
AIM = 150  # milliseconds from a key to the new picture, at the median
BUSY = os.cpu_count()  # a load above it: more wants to run than can
FIRST = "import os\nos.environ['ESCAPELAB_FRAMES'] = '0'"  # this test looks at none of the stored pictures
LAST = (
    "import json\nfrom escapelab import explore as _e\nprint('stored', json.dumps([c.values for c in _e.controls()]))"
)
RENDERED = """() => {
  const text = document.querySelectorAll(".jp-MarkdownCell .myst");
  const all = (what) => [...text].flatMap((cell) => [...cell.querySelectorAll(what)]);
  return {
    text: [...text].map((cell) => cell.textContent),
    folded: all("details").map((details) => [details.open, details.textContent.length]),
    formulas: all(".katex").length,
  };
}"""
STORED = """() => [...document.querySelectorAll(".jp-OutputArea-output")].map((output) => output.textContent)
  .find((text) => text.startsWith("stored ["))"""
PRESSED = """([handle, key]) => new Promise((done) => {
  const picture = handle.closest(".escapelab-control").querySelector(".escapelab-picture");
  const readout = handle.closest(".widget-slider").querySelector(".widget-readout");
  const before = picture.querySelector("img").src, start = performance.now();
  const end = (wait) => { watch.disconnect(); done([readout.textContent, wait, picture.textContent]); };
  const watch = new MutationObserver(async () => {
    const image = picture.querySelector("img");
    if (!image || image.src === before) return;
    await image.decode();
    requestAnimationFrame(() => end(performance.now() - start));
  });
  watch.observe(picture, { childList: true, subtree: true });
  setTimeout(() => end(null), 10000);
  handle.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
})"""


@pytest.fixture(scope="module")
def seen() -> dict:
    """What was found in a lesson: its rendered text, and of each slider [name, stored, presses]."""
    return {}


@pytest.fixture
def found(run_all, seen, lesson, tmp_path):
    """The lesson opened in JupyterLab, run, and each of its sliders pressed; once."""
    if lesson not in seen:
        notebook = nbformat.read(lesson, as_version=4)
        notebook.cells.insert(0, nbformat.v4.new_code_cell(FIRST))
        notebook.cells.append(nbformat.v4.new_code_cell(LAST))
        nbformat.write(notebook, tmp_path / lesson.name)
        page = run_all(tmp_path / lesson.name)
        page.wait_for_function(STORED, timeout=180_000)
        stored = json.loads(page.evaluate(STORED).removeprefix("stored "))
        controls = page.locator(".escapelab-control:has(.escapelab-live)").all()
        assert len(controls) == len(stored)
        rendered = page.evaluate(RENDERED)
        sliders = []
        for control, values in zip(controls, stored, strict=True):
            for handle, (name, chosen) in zip(control.locator(".noUi-handle").all(), values.items(), strict=True):
                sliders.append([name, chosen, pressed(page, handle, chosen)])
        seen[lesson] = {"rendered": rendered, "sliders": sliders, "load": os.getloadavg()[0]}
    return seen[lesson]


def pressed(page, handle, chosen) -> list:
    """[value shown, ms until its picture is on the screen or None, sentence] of presses of an arrow key: PRESSES of
    them, and more where the stored values lie so close that none was new."""
    base, knob = (
        handle.locator("xpath=ancestor::*[contains(@class, 'noUi-base')]").bounding_box(),
        handle.bounding_box(),
    )
    at_the_end = knob["x"] + knob["width"] / 2 > base["x"] + base["width"] - 1
    key = "ArrowLeft" if at_the_end else "ArrowRight"
    handle.focus()
    element, presses = handle.element_handle(), []
    while len(presses) < PRESSES or (not new(chosen, presses) and len(presses) < 3 * PRESSES):
        presses.append(page.evaluate(PRESSED, [element, key]))
    return presses


def new(chosen, presses) -> set:
    """Values that were shown and are not among the stored ones; the names that are shown, where strings are stored."""
    if isinstance(chosen[0], str):
        return {value for value, _, _ in presses}
    shown = {float(value.replace("−", "-")) for value, _, _ in presses}
    return shown - {float(f"{value:.4g}") for value in chosen}


def waits(sliders) -> list[float]:
    """Milliseconds from a key to its picture, of all presses that changed it."""
    return [wait for _, _, presses in sliders for _, wait, _ in presses if wait is not None]


@each_lesson
def test_text_is_rendered_as_on_the_page(found, lesson):
    """Nothing of MyST's own signs is left; answers and solutions are folded; formulas are set."""
    cells = [cell.source for cell in nbformat.read(lesson, as_version=4).cells if cell.cell_type == "markdown"]
    rendered, source = found["rendered"], "\n".join(cells)
    assert len(rendered["text"]) == len(cells)
    assert [text for text in rendered["text"] if re.search(r"^:{3}|^`{3}|\{[a-z:]+\}`|:class:|\$", text, re.M)] == []
    assert len(rendered["folded"]) == source.count(":class: dropdown")
    assert all(not is_open and letters > 20 for is_open, letters in rendered["folded"])
    assert rendered["formulas"] or "$" not in source


@each_lesson
def test_every_control_moves_in_jupyterlab(found):
    still = [name for name, _, presses in found["sliders"] if all(wait is None for _, wait, _ in presses)]
    assert still == []


@each_lesson
def test_every_control_takes_values_that_were_never_stored(found):
    for name, chosen, presses in found["sliders"]:
        whole = all(isinstance(value, int) for value in chosen)
        every = whole and set(chosen) >= set(range(min(chosen), max(chosen)))  # nothing lies between the stored ones
        assert every or new(chosen, presses), name


@each_lesson
def test_a_new_picture_is_there_at_once(found, lesson):
    """Its time is written to _build/latency; judged only where nothing else keeps the cores busy."""
    times, load = waits(found["sliders"]), found["load"]
    median = statistics.median(times)
    measured = {"median_ms": round(median), "slowest_ms": round(max(times)), "presses": len(times), "load": load}
    LATENCY.mkdir(parents=True, exist_ok=True)
    (LATENCY / f"{lesson.parent.name}-{lesson.stem}.json").write_text(json.dumps(measured))
    assert median < 2 * AIM or load > BUSY, measured


def test_half_of_all_new_pictures_are_there_within_150_ms(seen):
    """Over all lessons whose controls were pressed while nothing else kept the cores busy."""
    quiet = [wait for found in seen.values() if found["load"] <= BUSY for wait in waits(found["sliders"])]
    if not quiet:
        pytest.skip("the cores were busy with something else all the time")
    assert statistics.median(quiet) < AIM, len(quiet)
