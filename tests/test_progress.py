"""What is done is kept in the learner's own file, shown by chapter and book, and forgotten on request."""

import json

import pytest
from escapelab import exercises, progress
from escapelab.answers import registry


@pytest.fixture(autouse=True)
def _own_file(monkeypatch, tmp_path):
    monkeypatch.setenv("ESCAPELAB_PROGRESS", str(tmp_path / "home" / "progress.json"))


def answered(name):
    exercises.check(name, registry()[name].solution)


def test_a_right_answer_is_noted_once_and_counted(capsys):
    answered("q1-half-width")
    answered("q1-half-width")
    here = sum(task.lesson == "q1" for task in registry().values())
    said = f"OK q1-half-width: right. Done: 1 of {here} in this chapter, 1 of {len(registry())} in the book."
    assert capsys.readouterr().out.splitlines() == [said, said]
    assert json.loads(progress.file().read_text()) == {"done": ["q1-half-width"]}


@pytest.mark.parametrize("answer", [..., "A", 3.0])
def test_nothing_else_is_noted(answer):
    exercises.check("q1-half-width", answer)
    exercises.check("q1-half-width", hint=3)
    assert not progress.file().exists()


def test_a_learner_sees_chapters_and_book(capsys):
    answered("q1-half-width")
    capsys.readouterr()
    progress.show()
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert "[x] half-width" in lines["q1"] and "[ ] uphill" in lines["q1"]
    assert lines["the"].split()[2:5] == ["1", "of", str(len(registry()))]


def test_a_chapter_or_the_book_starts_over():
    for name in ("q1-half-width", "q1-uphill", "p2-swing"):
        answered(name)
    progress.start_over("q1")
    assert progress.done() == {"p2-swing"}
    progress.start_over()
    assert progress.done() == set()
    with pytest.raises(ValueError, match="lesson must be one of"):
        progress.start_over("q99")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"done": 3}', '{"done": ["no-such"]}', "\x00"])
def test_a_broken_file_is_an_empty_one(text):
    progress.file().parent.mkdir()
    progress.file().write_text(text)
    assert progress.done() == set()
    answered("p2-swing")
    assert progress.done() == {"p2-swing"}


def test_a_home_that_cannot_be_written_troubles_nobody(monkeypatch, capsys):
    monkeypatch.setenv("ESCAPELAB_PROGRESS", "/dev/null/progress.json")
    answered("p2-swing")
    assert capsys.readouterr().out.startswith("OK p2-swing: right.")
