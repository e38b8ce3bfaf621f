"""Controls: stored pictures without a kernel, continuous sliders with one, and the drive through all of them."""

import io
import math
import types

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
import pytest
from escapelab import control as control_module
from escapelab import explore as module
from escapelab import plots
from escapelab.explore import controls, drive, explore
from escapelab.frames import frame
from PIL import Image


@pytest.fixture(autouse=True)
def no_controls_yet(monkeypatch):
    monkeypatch.setattr(module, "_made", {})
    monkeypatch.delenv("ESCAPELAB_FRAMES", raising=False)
    plt.close("all")


def level(height, law="flat"):
    """A picture of one level."""
    figure, axes = plt.subplots(figsize=(2, 1))
    axes.plot([0, 1], [height, height], "o-" if law == "flat" else "s--")
    axes.set(ylim=(0, 100))
    return figure, f"The {law} level is {height:g}."


def live(box):
    """The control as it is once a browser has answered."""
    control = controls()[-1]
    assert control.box is box
    control.pong.value = "browser"
    return control


def test_every_combination_is_a_picture_with_its_sentence():
    explore(level, height=[1, 50], law=["flat", "steep"])
    sentences = [picture.sentence for picture in controls()[0].frames.values()]
    assert sentences == [
        "The flat level is 1.",
        "The steep level is 1.",
        "The flat level is 50.",
        "The steep level is 50.",
    ]


def test_the_sliders_leaf_through_nested_stacks():
    box = explore(level, height=[1, 50, 90], law=["flat", "steep"])
    stack = box.children[-1]
    assert [len(inner.children) for inner in stack.children] == [2, 2, 2]
    assert stack.children[2].children[1].value == controls()[0].frames[2, 1].html()


def test_play_goes_through_the_values_of_its_control():
    explore(level, play="law", height=[1, 50], law=["flat", "steep", "wide"])
    control = controls()[0]
    assert control.player.max == 2
    assert {"source": (control.player, "value"), "target": (control.sliders["law"], "index")} in [
        {"source": link.source, "target": link.target} for link in control.links
    ]


def test_a_sentence_is_escaped_in_the_page():
    def draw(height):
        return level(height)[0], f'"a" < {height} & b'

    explore(draw, height=[1, 2])
    html = controls()[0].frames[0,].html()
    assert 'alt="&quot;a&quot; &lt; 1 &amp; b"' in html


def test_viewers_without_widgets_get_the_first_sentence_and_picture():
    bundle = explore(level, height=[1, 50])._repr_mimebundle_()
    assert bundle["text/plain"] == "The flat level is 1."
    assert bundle["image/png"].startswith("iVBOR")
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_only_the_first_picture_is_drawn_on_request(monkeypatch):
    monkeypatch.setenv("ESCAPELAB_FRAMES", "0")
    explore(level, height=[1, 50], law=["flat", "steep"])
    assert list(controls()[0].frames) == [(0, 0)]
    assert drive().startswith("1 controls, 4 pictures")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "1 to 3 controls; got 0"),
        ({name: [1, 2] for name in "abcd"}, "1 to 3 controls; got 4"),
        ({"height": range(61)}, "at most 60 pictures; got 61 height = 61"),
        ({"height": range(31), "law": ["a", "b"]}, "31 height x 2 law = 62"),
        ({"height": [1]}, "height needs two or more values"),
        ({"height": [1, 1]}, "no two shown alike"),
        ({"height": [0.1, 0.1 + 1e-9]}, "no two shown alike"),
        ({"height": [1, "a"]}, "height must hold numbers only or strings only"),
        ({"height": [1, None]}, "height must hold numbers only or strings only"),
        ({"height": [1, math.nan]}, "height must hold finite numbers"),
        ({"depth": [1, 2]}, "draw must take the controls depth"),
    ],
)
def test_controls_that_do_not_fit_are_refused(values, said):
    with pytest.raises(ValueError, match=said):
        explore(level, **values)


def test_play_must_name_a_control():
    with pytest.raises(ValueError, match="one of the controls height; got 'step'"):
        explore(level, play="step", height=[1, 2])


def in_a_notebook(source):
    """The names that the source defines when a notebook runs it."""
    names = {"__name__": "__main__", "level": level, "math": math}
    exec(source, names)
    return types.SimpleNamespace(**names)


@pytest.mark.parametrize(
    "source",
    [
        "top = 3\ndef draw(height):\n    return level(height + top)",
        "top = 3\ndef draw(height):\n    return [level(height + top) for _ in 'a'][0]",
        "top = 3\ndef higher(height):\n    return height + top\ndef draw(height):\n    return level(higher(height))",
    ],
)
def test_a_draw_that_reads_the_notebooks_data_is_refused(source):
    with pytest.raises(ValueError, match="draw reads top from the notebook"):
        explore(in_a_notebook(source).draw, height=[1, 2])


def test_a_draw_may_use_modules_functions_and_default_arguments():
    source = "top = 3\ndef draw(height, top=top):\n    return level(math.floor(height + top))"
    explore(in_a_notebook(source).draw, height=[1, 50])
    assert controls()[0].frames[0,].sentence == "The flat level is 4."


@pytest.mark.parametrize(
    ("returned", "error", "said"),
    [
        (None, TypeError, "must return .figure, sentence.; got NoneType"),
        (("a", "b"), TypeError, "must return .figure, sentence."),
        ((plt.Figure(), " "), ValueError, "must return a sentence"),
    ],
)
def test_a_draw_must_return_a_figure_and_a_sentence(returned, error, said):
    with pytest.raises(error, match=said):
        explore(lambda height: returned, height=[1, 2])


def test_pictures_above_the_limit_are_refused(monkeypatch):
    monkeypatch.setattr(control_module, "MAX_GZIPPED", 1000)
    with pytest.raises(ValueError, match="bytes gzipped; at most 1,000"):
        explore(level, height=[1, 50])


def test_no_figure_stays_open():
    def draw(height):
        figure, sentence = level(height)
        if height == 7:
            raise RuntimeError("seven")
        return figure, sentence

    explore(draw, height=[1, 50])
    with pytest.raises(RuntimeError, match="seven"):
        frame(draw, {"height": 7})
    assert plt.get_fignums() == []


def test_a_live_picture_is_the_stored_one_but_for_shades():
    stored = frame(level, {"height": 30})
    quick = frame(level, {"height": 30}, like=stored)
    assert quick._replace(png=b"") == stored._replace(png=b"")
    one, other = (np.asarray(Image.open(io.BytesIO(f.png)).convert("RGB"), float) for f in (stored, quick))
    assert np.abs(one - other).mean() < 0.5 and (other[0, 0] == 255).all()
    assert np.abs(one - one[::-1]).mean() > 1


def test_a_live_picture_keeps_the_places_of_its_axes_unless_a_label_is_cut():
    def draw(top):
        figure, ax = plots.figure()
        ax.plot([0, 1], [0, top])
        ax.set_ylabel("top")
        ax.ticklabel_format(style="plain")
        return figure, f"{top}"

    first = frame(draw, {"top": 5})
    assert frame(draw, {"top": 6}, like=first).places == first.places
    assert frame(draw, {"top": 6_000_000}, like=first).places == frame(draw, {"top": 6_000_000}).places != first.places


def test_a_cell_run_again_replaces_its_control():
    for _ in range(2):
        explore(level, height=[1, 50])
    assert len(controls()) == 1


def test_a_browser_turns_numbers_into_continuous_sliders():
    box = explore(level, height=[0.01, 0.1, 1.0, 10.0], law=["flat", "steep"])
    sliders = live(box).sliders
    assert isinstance(sliders["height"], ipywidgets.FloatLogSlider)
    assert isinstance(sliders["law"], ipywidgets.SelectionSlider)


@pytest.mark.parametrize(
    ("values", "kind"),
    [([1, 2, 3, 4], "IntSlider"), ([1, 10, 100], "SelectionSlider"), ([0.5, 1.0, 1.5], "FloatSlider")],
)
def test_a_live_slider_keeps_the_scale_of_its_values(values, kind):
    assert type(live(explore(level, height=values)).sliders["height"]).__name__ == kind


def test_a_live_slider_hands_over_the_value_that_it_shows():
    control = live(explore(level, height=[0.5, 1.0, 1.5]))
    control.sliders["height"].value = 0.77000001
    assert control.last.sentence == "The flat level is 0.77."
    assert control.picture.value == control.last.html()


def test_a_live_slider_starts_where_the_stored_one_stood():
    box = explore(level, height=[1, 50, 90])
    controls()[0].sliders["height"].index = 1
    assert live(box).sliders["height"].value == 50


def test_an_error_between_the_stored_values_becomes_a_sentence():
    def draw(height):
        return level(height if height != 30 else math.log(0))

    control = live(explore(draw, height=[1, 50]))
    control.sliders["height"].value = 30
    assert "No picture at height = 30: ValueError" in control.picture.value
    assert control.last.html()[:200] in control.picture.value


def test_a_live_play_button_moves_the_slider():
    control = live(explore(level, play="height", height=[1, 50, 90]))
    control.player.value = 2
    assert control.last.sentence == "The flat level is 90."


def test_going_live_gives_the_stored_widgets_back():
    box = explore(level, height=[1, 50])
    stored = [controls()[0].sliders["height"], box.children[-1], *box.children[-1].children, *controls()[0].links]
    live(box)
    assert {widget.comm for widget in stored} == {None}


def test_drive_counts_what_it_drew():
    explore(level, height=[1, 50], law=["flat", "steep"])
    explore(level, height=[2, 60])
    assert drive().startswith("2 controls, 6 pictures")


def test_drive_fails_where_no_control_was_made():
    with pytest.raises(AssertionError, match="no control"):
        drive()


@pytest.mark.parametrize(
    "draw",
    [
        lambda height, law: (level(height)[0], f"{law} {height}"),
        lambda height, law: (level(height, law)[0], f"{height}"),
    ],
)
def test_drive_names_a_control_that_changes_nothing(draw):
    explore(draw, height=[1, 50], law=["flat", "steep"])
    with pytest.raises(AssertionError, match=r"at height = 1, law = steep .* control law changes nothing"):
        drive()


def test_drive_counts_the_bytes_of_all_controls(monkeypatch):
    explore(level, height=[1, 50])
    explore(level, height=[2, 60])
    monkeypatch.setattr(control_module, "MAX_GZIPPED", controls()[0].gzipped)
    with pytest.raises(AssertionError, match="the pictures of all controls take"):
        drive()


def test_drive_names_a_draw_that_is_not_pure():
    calls = []

    def draw(height):
        calls.append(height)
        return level(height + len(calls))

    explore(draw, height=[1, 50])
    with pytest.raises(AssertionError, match="height = 1: it is not pure"):
        drive()


@pytest.mark.parametrize("height", [50, 26])
def test_drive_names_where_draw_fails_at_a_stored_value_and_between_two(height):
    broken = []
    explore(lambda height: level(1 / 0 if height in broken else height), height=[1, 50])
    broken.append(height)
    with pytest.raises(AssertionError, match=f"draw fails at height = {height}: ZeroDivisionError"):
        drive()


def test_drive_names_an_empty_sentence():
    silent = []
    explore(lambda height: (level(height)[0], "" if silent else "words"), height=[1, 50])
    silent.append(True)
    with pytest.raises(AssertionError, match="draw fails at height = 1: ValueError: draw must return a sentence"):
        drive()
