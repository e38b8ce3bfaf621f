"""Tests of _ext/docstrings.py, and of every public docstring as the reference page will read it."""

import importlib
import inspect
import pkgutil
import re

import docstrings
import docutils.core
import docutils.utils
import escapelab
import pytest
from sphinx.ext.napoleon import Config, NumpyDocstring

ROLE = re.compile(r":[\w:]+:(`[^`]+`)")


def documented() -> dict[str, str]:
    """Every docstring of a public name of the library, by its full name."""
    found = {}
    for info in pkgutil.walk_packages(escapelab.__path__, "escapelab."):
        module = importlib.import_module(info.name)
        found[info.name] = module.__doc__
        for name, thing in vars(module).items():
            if not name.startswith("_") and getattr(thing, "__module__", "").startswith("escapelab"):
                found[f"{thing.__module__}.{name}"] = thing.__doc__
    return {name: inspect.cleandoc(doc) for name, doc in found.items() if isinstance(doc, str)}


DOCUMENTED = documented()


def complaints(doc: str) -> list[str]:
    """What docutils objects to, after the steps that Sphinx takes; roles are read as plain text."""
    lines = str(NumpyDocstring(doc, Config(napoleon_use_ivar=True))).splitlines()
    lines = [docstrings.plain(line, set()) for line in docstrings.arguments_listed(lines)]
    text = ROLE.sub(r"\1", "\n".join(lines))
    tree = docutils.core.publish_doctree(text, settings_overrides={"report_level": 2, "warning_stream": False})
    return [node.astext() for node in tree.findall(docutils.nodes.system_message)]


@pytest.mark.parametrize("name", sorted(DOCUMENTED))
def test_the_reference_page_can_read_it(name):
    assert complaints(DOCUMENTED[name]) == []


def test_a_paragraph_that_goes_on_indented_is_noticed():
    assert complaints("One line.\n\nTwo lines, then\na second\n    and an indented one.")


def test_arguments_become_definitions():
    lines = ["First.", "", "rtol : how far, above 0;", "    more of it.", "low, high : the ends.", "The end."]
    assert docstrings.arguments_listed(lines) == [
        "First.", "", "", "rtol", "    how far, above 0;", "    more of it.",
        "", "low, high", "    the ends.", "", "The end.",
    ]  # fmt: skip
