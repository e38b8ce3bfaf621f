"""Predict questions on the built page, without a kernel: choose, commit, see; by keyboard; kept until taken back."""

from pathlib import Path

import pytest

HTML = Path(__file__).resolve().parents[2] / "_build" / "html"
LESSONS = [
    path.relative_to(HTML).as_posix()
    for path in sorted(HTML.glob("chapters/*/*.html"))
    if "predicted admonition" in path.read_text(encoding="utf-8")
]
HELPED = [name for name in LESSONS if "exercise-line" in (HTML / name).read_text(encoding="utf-8")]
FIRST = ".prediction >> nth=0"


def shown(page):
    """Whether the answer to the first question can be read."""
    return page.locator(".admonition.predicted > p:last-child").is_visible()


def test_there_are_lessons_with_predictions():
    assert len(HELPED) >= 6


@pytest.mark.parametrize("name", LESSONS)
def test_nothing_is_seen_before_a_choice_and_the_reason_after_it(open_page, name):
    page = open_page(name, 390)
    questions = page.locator(".prediction")
    assert questions.count() >= 2
    assert not page.locator(".admonition.predicted").is_visible()
    for question in questions.all():
        question.locator("input").first.check()
        question.get_by_role("button", name="Commit").click()
        assert question.get_by_role("status").inner_text().startswith("You chose A. ")
        assert question.locator("label.right").count() == 1
        assert question.locator("input").first.is_disabled()
    assert shown(page)
    assert page.complaints == []


def test_a_prediction_is_made_and_taken_back_by_keyboard_alone(open_page):
    page = open_page(LESSONS[0], 1280)
    page.locator(FIRST).locator("input").first.focus()
    for key in ("ArrowDown", "Tab", "Enter"):
        page.keyboard.press(key)
    assert page.locator(FIRST).get_by_role("status").inner_text().startswith("You chose B. ")
    assert page.evaluate("document.activeElement.textContent") == "Start over"
    page.keyboard.press("Enter")
    assert not page.locator(".admonition.predicted").is_visible()
    assert page.evaluate("document.activeElement.type") == "radio"


def test_nothing_is_committed_without_a_choice(open_page):
    page = open_page(LESSONS[0], 1280)
    page.locator(FIRST).get_by_role("button", name="Commit").click()
    assert not page.locator(".admonition.predicted").is_visible()


def test_a_choice_is_kept_in_the_browser_until_it_starts_over(open_page):
    page = open_page(LESSONS[0], 1280)
    page.locator(FIRST).locator("input").nth(1).check()
    page.locator(FIRST).get_by_role("button", name="Commit").click()
    page.reload()
    page.wait_for_selector(".prediction")
    assert page.locator(FIRST).get_by_role("status").inner_text().startswith("You chose B. ")
    page.locator(FIRST).get_by_role("button", name="Start over").click()
    page.reload()
    page.wait_for_selector(".prediction")
    assert not page.locator(".admonition.predicted").is_visible()


def test_a_screen_reader_hears_a_group_of_named_choices_and_the_outcome(open_page):
    page = open_page(LESSONS[0], 1280)
    group = page.get_by_role("group", name="What do you predict?")
    assert group.get_by_role("radio").count() >= 3
    names = [radio.evaluate("radio => radio.labels[0].textContent") for radio in group.get_by_role("radio").all()]
    assert all(len(name) > 5 for name in names)
    assert page.locator(FIRST).get_by_role("status").count() == 1


def test_without_javascript_the_question_is_a_list(browser):
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto((HTML / LESSONS[0]).as_uri())
    assert page.locator("section#predict li").count() >= 3
    assert page.locator(".admonition.predicted").count() == 1
    context.close()


@pytest.mark.parametrize("name", HELPED)
def test_an_exercise_says_kind_and_minutes_and_holds_its_hints(open_page, name):
    page = open_page(name, 1280)
    lines = page.locator(".exercise-line")
    assert lines.count() >= 4
    assert page.locator("details.exercise-hint").count() == 3 * lines.count()
    for link in page.locator(".exercise-line a").all():
        target = link.get_attribute("href")
        assert page.locator(f'[id="{target.removeprefix("#")}"]').count() == 1
    first = page.locator("details.exercise-hint").first
    first.locator("summary").press("Enter")
    assert first.locator("p").is_visible()
