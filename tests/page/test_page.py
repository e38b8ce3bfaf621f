"""Every page of the built book in a browser: quiet, at home, readable, and its controls alive."""

import gzip

import pytest
from visits import BUILT, CONTROLS, HTML, PAGES, SOURCES, TOO_WIDE, each

SHOWN = """(control) => {
  const image = [...control.querySelectorAll(".escapelab-picture img")].find((image) => image.offsetParent);
  return image ? [image.src, image.closest("figure").querySelector("figcaption").textContent, image.alt] : null;
}"""
CHANGED = f"""([control, before]) => {{
  const now = ({SHOWN})(control);
  return now && now[0] !== before[0] && now[1] !== before[1];
}}"""


def shown(control) -> list[str]:
    """Picture, caption and alt text that the control shows."""
    return control.evaluate(SHOWN)


def changed(page, control, before: list[str]) -> list[str]:
    """What the control shows once picture and caption are others than before; times out if they stay."""
    page.wait_for_function(CHANGED, arg=[control.element_handle(), before], timeout=30_000)
    return shown(control)


def test_the_book_is_built():
    assert BUILT, "There is no book in _build/html: run make book."
    assert CONTROLS, "No page has a control."


@each(PAGES)
def test_a_page_is_quiet_and_asks_the_network_for_nothing(visit):
    assert visit.complaints == []


@each(PAGES)
def test_a_page_fits_a_window_and_a_phone(visit):
    assert {width: pixels for width, pixels in visit.too_wide.items() if pixels > 0} == {}


@each(PAGES)
def test_a_page_says_what_its_pictures_show(visit):
    assert [source for alt, source in visit.pictures if not alt or alt.endswith((".png", ".svg"))] == []


@each(SOURCES)
def test_a_page_of_source_code_is_quiet_and_fits_a_phone(open_page, name):
    page = open_page(name, 390)
    assert page.evaluate(TOO_WIDE) <= 0
    assert page.complaints == []


def test_a_page_is_at_most_a_megabyte_gzipped():
    sizes = {name: len(gzip.compress((HTML / name).read_bytes())) for name in BUILT}
    assert {name: size for name, size in sizes.items() if size > 1_000_000} == {}


@each(CONTROLS)
def test_every_stored_value_is_reached_by_keyboard(open_page, name):
    page = open_page(name, 1280)
    for control in page.locator(".escapelab-control").all():
        for handle in control.locator(".noUi-handle").all():
            handle.focus()
            now, first = shown(control), shown(control)
            for _ in range(round(float(handle.get_attribute("aria-valuemax")))):
                handle.press("ArrowRight")
                now = changed(page, control, now)
                assert now[1] == now[2]
            handle.press("Home")
            assert changed(page, control, now) == first
    assert page.complaints == []


@pytest.mark.parametrize("finger", [False, True], ids=["mouse", "finger"])
@each(CONTROLS)
def test_a_press_on_the_track_moves_a_control(open_page, name, finger):
    page = open_page(name, 390 if finger else 1280, has_touch=finger)
    for control in page.locator(".escapelab-control").all():
        for track in control.locator(".noUi-base").all():
            before, box = shown(control), track.bounding_box()
            press = track.tap if finger else track.click
            press(position={"x": box["width"] * 0.97, "y": box["height"] / 2}, force=True)
            changed(page, control, before)
    assert page.complaints == []


@each(CONTROLS)
def test_play_plays_and_pauses(open_page, name):
    page = open_page(name, 1280)
    for control in page.locator(".escapelab-control:has(.widget-play)").all():
        play = control.locator(".widget-play button").first
        before = shown(control)
        control.locator(".widget-play button").last.click()  # repeat: it plays until it is told to pause
        play.click()
        first = changed(page, control, before)
        second = changed(page, control, first)
        play.click()
        page.wait_for_timeout(300)
        paused = shown(control)
        page.wait_for_timeout(700)
        assert paused == shown(control) and before != first != second  # it may have come round to where it began
    assert page.complaints == []
