"""The lessons' tool: stored notebooks are the same bytes when rerun, and what is appended for the tests can fail."""

import execution
import lessons
import nbformat
import notebooks
import pytest
from escapelab import exercises
from escapelab.answers import Exercise

SOURCE = """
import ipywidgets
import matplotlib.pyplot as plt
plt.plot([0, 1])
plt.show()
ipywidgets.IntSlider()
""".strip()


def write(folder, *sources):
    """A notebook of these code cells at folder/chapters/part/toy.ipynb."""
    path = folder / "chapters" / "part" / "toy.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources]), path)
    return path


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A notebook refreshed twice: its path and whether each time changed it."""
    path = write(tmp_path_factory.mktemp("book"), SOURCE, "x = 3\nprint(x)")
    return path, [lessons.refresh(path), lessons.refresh(path)]


def test_a_second_refresh_changes_nothing(stored):
    assert stored[1] == [True, False]


def test_no_widget_state_is_stored_and_pictures_are_small(stored):
    notebook = notebooks.read(stored[0])
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert all(notebooks.WIDGET not in output.get("data", {}) for cell in notebook.cells for output in cell.outputs)
    picture = next(o.data["image/png"] for o in notebook.cells[0].outputs if "image/png" in o.get("data", {}))
    assert len(picture) < 20_000


def test_each_cell_keeps_its_count_and_the_hash_of_its_source(stored):
    cells = notebooks.read(stored[0]).cells
    assert [cell.execution_count for cell in cells] == [1, 2]
    assert [c.metadata["escapelab"]["executed"] for c in cells] == notebooks.fingerprints(notebooks.read(stored[0]))


def test_a_change_above_makes_every_output_below_old(tmp_path):
    before, after = (
        notebooks.fingerprints(notebooks.read(write(tmp_path, first, "y"))) for first in ("x = 1", "x = 2")
    )
    assert before[0] != after[0]
    assert before[1] != after[1]


@pytest.mark.parametrize(
    ("source", "said"),
    [("1 / 0", "part/toy: .*ZeroDivisionError"), ("import warnings; warnings.warn('careful')", "stderr: .*careful")],
    ids=["error", "warning"],
)
def test_a_lesson_that_raises_or_warns_is_not_stored(tmp_path, source, said):
    path = write(tmp_path, source)
    before = path.read_bytes()
    with pytest.raises(RuntimeError, match=f"(?s){said}"):
        lessons.refresh(path)
    assert path.read_bytes() == before


def test_cell_ids_are_unique_and_stay():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x") for _ in range(3)])
    notebook.cells[0].id, notebook.cells[1].id, notebook.cells[2].id = "code-07", "code-07", ""
    notebooks.normalise(notebook, executed=False)
    ids = [cell.id for cell in notebook.cells]
    assert ids[0] == "code-07"
    assert len(set(ids)) == 3
    notebooks.normalise(notebook, executed=False)
    assert [cell.id for cell in notebook.cells] == ids


WORKED = "````{solution} toy-half\n:class: dropdown\nHalve it.\n```python\nhalf = %s\n```\n````"


def appended(monkeypatch, solution):
    """The cells that are appended to a lesson with one exercise."""
    task = Exercise("toy-half", solution=0.5, hints=("Halve it.",), wrong=[])
    monkeypatch.setattr(exercises, "registry", lambda: {"toy-half": task})
    cells = [
        nbformat.v4.new_code_cell('half = ...\ncheck("toy-half", half)'),
        nbformat.v4.new_markdown_cell(WORKED % solution),
    ]
    return [cell.source for cell in lessons.appended(nbformat.v4.new_notebook(cells=cells))]


def test_the_printed_solution_is_run_and_must_be_ok(monkeypatch):
    (cell,) = appended(monkeypatch, "1 / 2")
    exec(cell, {})
    (cell,) = appended(monkeypatch, "2 / 1")
    with pytest.raises(AssertionError, match="WRONG"):
        exec(cell, {})


def test_an_exercise_without_a_solution_is_red(monkeypatch):
    (cell,) = appended(monkeypatch, "1 / 2")
    with pytest.raises(AssertionError, match="TODO"):
        exec(cell.replace("half = 1 / 2", ""), {"half": ...})


def test_controls_are_driven_where_there_are_any():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("explore(draw, k=[1, 2])")])
    assert "drive()" in lessons.appended(notebook)[0].source
    notebook.cells[0].source = "explored = 1"
    assert lessons.appended(notebook) == []


def test_prepared_copies_stand_where_the_lessons_stand(tmp_path):
    path = write(tmp_path, 'half = ...\ncheck("toy-half", half)')
    (copy,) = lessons.prepare([path], tmp_path / "prepared")
    assert copy == tmp_path / "prepared" / "chapters" / "part" / "toy.ipynb"
    assert len(notebooks.read(copy).cells) == len(notebooks.read(path).cells) + 1


def test_text_becomes_a_notebook_with_tags_and_stable_ids(tmp_path):
    pytest.importorskip("jupytext")
    text = tmp_path / "toy.md"
    text.write_text("# Why?\n\n```{code-cell} ipython3\n---\ntags: [hide-input]\n---\nx=1\n```\n\n## Predict\n")
    lessons.from_text(text, tmp_path / "toy.ipynb")
    cells = notebooks.read(tmp_path / "toy.ipynb").cells
    assert [(cell.id, cell.source) for cell in cells] == [
        ("markdown-00", "# Why?"),
        ("code-01", "x = 1"),
        ("markdown-02", "## Predict"),
    ]
    assert cells[1].metadata.tags == ["hide-input"]


def test_failures_come_back_in_their_place():
    def work(task):
        if task == 2:
            raise ValueError("two")
        return task * 10

    results = execution.each(work, [1, 2, 3], str)
    assert results[::2] == [10, 30]
    assert isinstance(results[1], ValueError)


def test_the_book_is_what_the_contents_list(tmp_path):
    (tmp_path / "_toc.yml").write_text(
        "root: intro\nparts:\n- chapters:\n  - file: chapters/part/toy\n    sections:\n    - file: notes\n"
    )
    path = write(tmp_path, "x")
    write(tmp_path / "elsewhere", "x")
    assert notebooks.in_book(tmp_path) == [path]


def test_an_unknown_lesson_is_refused():
    with pytest.raises(ValueError, match="no notebook"):
        notebooks.chosen(["thread/q99"])


def test_a_stream_that_the_kernel_cut_in_two_is_stored_as_one():
    cell = nbformat.v4.new_code_cell("print(1); print(2)")
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=text) for text in ("1\n", "2\n")]
    cell.outputs.append(nbformat.v4.new_output("stream", name="stderr", text="3\n"))
    notebook = nbformat.v4.new_notebook(cells=[cell])
    notebooks.normalise(notebook)
    assert [(output.name, output.text) for output in notebook.cells[0].outputs] == [
        ("stdout", "1\n2\n"),
        ("stderr", "3\n"),
    ]
