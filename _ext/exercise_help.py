"""Sphinx extension: each exercise of a lesson says its kind, its minutes and where it rests, and holds its hints.

All of it comes from escapelab.answers, so a lesson's notebook holds the question and the solution only.
"""

import html

from docutils import nodes
from escapelab.answers import Exercise, registry
from sphinx.util import logging

GRADES = ("a question", "a nudge", "the method")
LOGGER = logging.getLogger(__name__)


def line(task: Exercise) -> nodes.paragraph:
    """Kind, minutes and the way back to the paragraph that the exercise rests on."""
    said = nodes.paragraph("", f"{task.kind.capitalize()}, about {task.minutes} minutes. ", classes=["exercise-line"])
    said += nodes.reference("", "Back to what it rests on", refid=task.rests_on, internal=True)
    return said


def hints(task: Exercise) -> nodes.raw:
    """The hints, each folded away under its grade."""
    folded = [
        f'<details class="exercise-hint"><summary>Hint {place}: {grade}</summary><p>{html.escape(text)}</p></details>'
        for place, (grade, text) in enumerate(zip(GRADES, task.hints, strict=True), start=1)
    ]
    return nodes.raw("", "".join(folded), format="html")


def help_out(app, doctree) -> None:
    """Add line and hints to each exercise; a warning where the paragraph is missing."""
    from sphinx_exercise.nodes import exercise_enumerable_node, exercise_node

    kinds = exercise_node, exercise_enumerable_node
    for node in doctree.findall(lambda node: isinstance(node, kinds)):
        task = registry().get(node.get("label", ""))
        if task is None:
            continue
        if task.rests_on not in doctree.ids and task.rests_on not in doctree.nameids:
            LOGGER.warning("exercise %s rests on (%s)=, which its page has not", task.id, task.rests_on)
        node += [line(task), hints(task)]


def setup(app) -> dict:
    app.connect("doctree-read", help_out)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
