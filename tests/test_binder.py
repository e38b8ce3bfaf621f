"""tools/binder.py: what Binder's image has to hold, and in which order."""

import binder
import pytest

GOOD = """Building conda environment for python=3.11
COPY --chown=0:0 src/requirements.txt ${REPO_DIR}/requirements.txt
RUN ${KERNEL_PYTHON_PREFIX}/bin/pip install --no-cache-dir -r "requirements.txt"
RUN ./postBuild
"""


def test_a_good_description_has_no_trouble():
    assert binder.trouble(GOOD, "3.11") == []


def test_another_python_is_trouble():
    assert binder.trouble(GOOD, "3.12") == ["Python 3.11 in place of 3.12"]


@pytest.mark.parametrize("line", range(4))
def test_a_missing_step_is_trouble(line):
    lines = GOOD.splitlines()
    assert len(binder.trouble("\n".join(lines[:line] + lines[line + 1 :]), "3.11")) == 1


def test_the_library_installed_before_its_requirements_is_trouble():
    assert binder.trouble("\n".join(reversed(GOOD.splitlines())), "3.11") == ["the steps come in another order"]
