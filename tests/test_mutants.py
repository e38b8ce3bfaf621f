"""Mutants: what is drawn, what is left alone, and when an earlier result may be used again."""

import ast

import mutants
import mutations
import pytest
import trees

TOY = '''
def half(x: 1 + 1 = 4) -> 2 + 2:
    """1 + 1"""
    if x < 0:
        raise ValueError(f"x is {x + 1}, not above {3 * 5}")
    return x / 2
'''


@pytest.fixture
def toy(monkeypatch, tmp_path):
    """A library of one short module."""
    pytest.importorskip("cosmic_ray", reason="installed by make mutants")
    (tmp_path / "toy.py").write_text(TOY)
    monkeypatch.setattr(mutations, "LIBRARY", tmp_path)
    monkeypatch.setattr(mutations, "MODULES", ("toy",))
    mutations._in_module.cache_clear()
    yield
    mutations._in_module.cache_clear()


def test_every_place_but_annotations_and_text_is_drawn(toy):
    drawn = mutations.draw(99, 0)
    assert sorted({mutant.before for mutant in drawn}) == [
        "def half(x: 1 + 1 = 4) -> 2 + 2:",
        "if x < 0:",
        "return x / 2",
    ]
    assert len(drawn) == len(mutations.places()) == 6
    for mutant in drawn:
        assert ast.dump(ast.parse(mutant.source)) != ast.dump(ast.parse(TOY))
        assert "x: 1 + 1" in mutant.source and "-> 2 + 2" in mutant.source and "{x + 1}" in mutant.source


def test_a_draw_is_repeated_by_its_seed_and_stays_when_another_line_is_added(toy):
    before = [(mutant.before, mutant.after) for mutant in mutations.draw(4, 7)]
    assert before == [(mutant.before, mutant.after) for mutant in mutations.draw(4, 7)]
    assert before != [(mutant.before, mutant.after) for mutant in mutations.draw(4, 8)]
    (mutations.LIBRARY / "toy.py").write_text("import math\n" + TOY)
    mutations._in_module.cache_clear()
    assert before == [(mutant.before, mutant.after) for mutant in mutations.draw(4, 7)]


def test_a_module_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="got elsewhere"):
        mutations.places(["elsewhere"])


def test_every_module_has_tests_and_every_test_file_exists():
    for module in mutations.MODULES:
        assert (mutations.LIBRARY / f"{module}.py").is_file()
        assert trees.tests_of(f"{module}.py")
        files = trees.tests_of(f"{module}.py") + trees.other_tests(f"{module}.py")
        assert set(files) == {f"tests/test_{test}.py" for test in trees.TESTS}
    assert all((trees.ROOT / file).is_file() for file in trees.other_tests(""))


def test_compiled_code_is_kept_only_for_modules_that_do_not_see_the_change():
    assert {"regions", "sgd"} <= trees.importers("regions.py")
    assert "noise" not in trees.importers("regions.py")
    assert {"vecmath", "noise", "thread", "landscapes", "lanes"} <= trees.importers("plug.py")
    assert {"rng", "noise", "lanes", "sgd"} <= trees.importers("rng.py")


def test_a_result_rests_on_the_file_that_failed_or_on_everything_up_to_its_stage():
    own, other, ledger = trees.STAGES
    assert trees.reads(own, "sgd.py", "own tests: FAILED tests/test_sgd.py::test_x") == ["tests/test_sgd.py"]
    assert trees.reads(own, "lanes.py", "") == ["tests/test_sgd.py"]
    assert len(trees.reads(other, "lanes.py", "")) == len(trees.TESTS)
    assert any(name.endswith(".ipynb") for name in trees.reads(ledger, "lanes.py", ""))


def result(outcome, by=""):
    return {"outcome": outcome, "by": by, "place": "sgd.py:3", "before": "a < b", "after": "a <= b"}


@pytest.mark.parametrize(("survived", "status"), [(5, 0), (6, 1)])
def test_fewer_than_95_percent_caught_is_red(survived, status, capsys):
    results = [result("survived")] * survived + [result("caught", "own tests: x")] * (98 - survived)
    assert mutants.report([*results, result("timed out", "ledger: x"), result("caught", "ledger: x")]) == status
    said = capsys.readouterr().out
    assert said.count("SURVIVED lib/escapelab/sgd.py:3\n  - a < b\n  + a <= b") == survived
    assert f"{99 - survived} caught, 1 timed out (caught, too), {survived} survived" in said
