"""A course is derived from the lessons, and one paper of each kind gets the points that it deserves."""

import ast
import json
import re

import course
import grading
import notebooks
import papers
import pytest
import submission
from escapelab.answers import registry

ONE_OF_EACH = (
    "full-3", "partial-4", "empty-1", "empty-3", "constants-2", "patched-2", "edited-1", "edited-3",
    "crash-1", "endless-1", "output-1", "output-2",
)  # fmt: skip
LESSON = notebooks.ROOT / "chapters" / f"{papers.LESSON}.ipynb"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A course of one chapter with the papers of ONE_OF_EACH handed in, and its folder."""
    folder = tmp_path_factory.mktemp("course")
    course.write([LESSON], folder)
    release = folder / "release" / papers.ASSIGNMENT / f"{papers.ASSIGNMENT}.ipynb"
    papers.write(release, folder / "handed-in", ONE_OF_EACH)
    return folder


@pytest.fixture(scope="module")
def rows(made):
    """The rows of the plain command, by student."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ESCAPELAB_CELL_SECONDS", "8")
        grading.rehearse({papers.ASSIGNMENT}, made)
        found = grading.papers(made / "handed-in", None, [papers.ASSIGNMENT])
        return {row["student"]: row for row in grading.grade_all(found, made, processes=2)}


@pytest.mark.parametrize("student", ONE_OF_EACH)
def test_a_paper_gets_what_it_deserves(rows, student):
    assert (rows[student]["score"], rows[student]["max_score"]) == (papers.PAPERS[student].points, 9)


def test_the_kinds_of_the_class_are_all_tried():
    assert {papers.PAPERS[student].kind for student in ONE_OF_EACH} == {paper.kind for paper in papers.PAPERS.values()}


@pytest.mark.parametrize(
    ("student", "said"),
    [
        ("endless-1", "Does a loop never end?"),
        ("crash-1", "the kernel ended while this ran"),
        ("empty-3", "cannot be read as a notebook"),
        ("empty-1", "TODO"),
        ("partial-4", "There the mean square falls as well"),
    ],
)
def test_a_grade_says_why(rows, student, said):
    assert said in rows[student]["exercises"]


def test_every_exercise_of_the_book_is_in_the_course_once(tmp_path):
    key = course.write(course.with_exercises(), tmp_path)
    assert sorted(name for plan in key.values() for name in plan["exercises"]) == sorted(registry())
    for path in tmp_path.glob("source/*/*.ipynb"):
        names = [cell.metadata["nbgrader"]["grade_id"] for cell in notebooks.read(path).cells]
        assert len(set(names)) == len(names)


def test_what_students_get_holds_no_solution_and_is_python(made):
    for path in made.glob("release/*/*.ipynb"):
        text = path.read_text(encoding="utf-8")
        assert "SOLUTION" not in text and "demand_ok" not in text and "HIDDEN" not in text
        for cell in notebooks.code_cells(notebooks.read(path)):
            ast.parse(cell.source)


def test_a_course_derived_again_keeps_its_seeds(made):
    before = (made / "key.json").read_text(encoding="utf-8")
    course.write([LESSON], made)
    assert (made / "key.json").read_text(encoding="utf-8") == before
    seeds = [task["seed"] for plan in json.loads(before).values() for task in plan["exercises"].values()]
    assert len(set(seeds)) == len(seeds) and 20 not in seeds


def test_a_paper_of_no_assignment_is_named(tmp_path):
    (tmp_path / "ada.ipynb").write_text("{}", encoding="utf-8")
    with pytest.raises(ValueError, match="of which assignment is this"):
        grading.papers(tmp_path, None, [papers.ASSIGNMENT])
    assert grading.papers(tmp_path, papers.ASSIGNMENT, [papers.ASSIGNMENT])[0][:2] == (papers.ASSIGNMENT, "ada")


def test_a_kernel_of_a_submission_knows_no_solutions_and_none_of_our_secrets(monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "s3cret")
    look = "import os\nfrom escapelab.answers import registry\nfound = [len(registry()), 's3cret' in str(os.environ)]"
    asked = submission.Asked("x", "found", None)
    assert submission.answers([("code", look), ("test", "x")], [asked])["x"]["value"] == [
        {"is": "value", "value": 0},
        {"is": "value", "value": False},
    ]


def test_a_cell_that_raises_does_not_swallow_the_next():
    cells = [cell for place in range(20) for cell in (("code", "1 / 0"), ("code", f"a{place} = {place}"))]
    names = [f"a{place}" for place in range(20)]
    found = submission.answers(
        [*cells, *(("test", name) for name in names)], [submission.Asked(name, name, None) for name in names]
    )
    assert [found[name]["value"] for name in names] == list(range(20))


def test_a_course_whose_own_solutions_fail_is_not_graded(made, monkeypatch):
    monkeypatch.setattr(grading, "grade", lambda *a: {"x": grading.Mark(0.0, 1.0, "WRONG", "why")})
    with pytest.raises(ValueError, match="own solutions lose points"):
        grading.rehearse({papers.ASSIGNMENT}, made)


def test_the_teachers_page_adds_the_minutes_up():
    text = (notebooks.ROOT / "chapters" / "reference" / "teachers.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \{doc\}`\.\./(\S+)` \|.*\| (\d+) \| (\d+) \|$", text, flags=re.M)
    assert len(rows) >= 6
    for slug, reading, minutes in rows:
        lesson = notebooks.read(notebooks.ROOT / "chapters" / f"{slug}.ipynb")
        asked = [name for cell in notebooks.code_cells(lesson) for name, _ in notebooks.checked_answers(cell.source)]
        assert f"*{reading} minutes." in lesson.cells[0].source
        assert int(minutes) == sum(registry()[name].minutes for name in asked)
