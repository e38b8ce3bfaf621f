"""nbgrader's end of grading.py: preprocessors that take the place of nbgrader's own Execute, and ready a paper for it.

Imported by the nbgrader_config.py of a course, under the Python of nbgrader, which needs nothing of the book. It
leaves in each test cell nothing for full points and an error for none, which is how nbgrader reads a grade.
"""

import json
import subprocess
import tempfile
from pathlib import Path

import nbformat
from nbgrader.converters.autograde import Autograde
from nbgrader.preprocessors import Execute, NbGraderPreprocessor, OverwriteCells
from traitlets import Unicode


class GradeOutside(NbGraderPreprocessor):
    """Grade the notebook with grading.py, in a process of the book's Python and a kernel of the notebook's own."""

    python = Unicode(help="the Python that has the book's library").tag(config=True)
    course = Unicode(help="the folder with key.json").tag(config=True)

    def preprocess(self, nb, resources):
        """The notebook with an output in each test cell, and nbgrader's resources as they were."""
        assignment = resources["nbgrader"]["assignment"]
        with tempfile.TemporaryDirectory() as folder:
            paper = Path(folder) / "paper.ipynb"
            nbformat.write(nb, paper)
            script = str(Path(__file__).with_name("grading.py"))
            command = [self.python, script, "--one", str(paper), "--assignment", assignment, "--course", self.course]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        marks = json.loads(done.stdout.splitlines()[-1])
        for cell in nb.cells:
            points, of, status, text = marks.get(cell.metadata.get("nbgrader", {}).get("grade_id"), (0, 0, "", ""))
            if not status:
                continue
            error = nbformat.v4.new_output("error", ename=status, evalue=text, traceback=[f"{status}: {text}"])
            cell.outputs = [] if points == of else [error]
        return nb, resources


class ForgetDoubles(NbGraderPreprocessor):
    """Make a plain cell of what DeduplicateIds left without an id; OverwriteCells fails at it otherwise."""

    def preprocess_cell(self, cell, resources, cell_index):
        """The cell, its empty metadata gone."""
        if "grade_id" not in cell.metadata.get("nbgrader", {"grade_id": ""}):
            del cell.metadata["nbgrader"]
        return cell, resources


def preprocessors() -> list:
    """nbgrader's own list for grading, with GradeOutside for Execute."""
    return [GradeOutside if step is Execute else step for step in Autograde.autograde_preprocessors.default_args[0]]


def sanitizers() -> list:
    """nbgrader's own list for readying a paper, with ForgetDoubles before OverwriteCells."""
    own = Autograde.sanitize_preprocessors.default_args[0]
    place = own.index(OverwriteCells)
    return [*own[:place], ForgetDoubles, *own[place:]]
