"""Sphinx extension: the library's docstrings, written as plain text with few roles, on the reference page."""

import importlib
import inspect
import re

ROLE_OR_LITERAL = re.compile(r"(``.+?``|:[\w:]+:`[^`]+`)")
MARKUP = re.compile(r"[|*]|(?<=\w)_(?!\w)")
LESSON = re.compile(r"\b([a-z]+/[a-z]+\d*-[\w-]+)")
LAST_LINES = re.compile(r"(Source|Sources|Explained in)\b")
ARGUMENT = re.compile(r"([a-z]\w*(?:, [a-z]\w*)*) : (.+)")


def plain(line: str, pages: set[str]) -> str:
    """The line with signs escaped that would start markup (|x|, x*, x_) and lessons of the book turned into links."""

    def link(match: re.Match) -> str:
        page = f"chapters/{match[1]}"
        return f":doc:`{match[1]} </{page}>`" if page in pages else match[1]

    parts = ROLE_OR_LITERAL.split(line)
    escaped = (MARKUP.sub(r"\\\g<0>", part) for part in parts[::2])
    parts[::2] = [LESSON.sub(link, part) for part in escaped]
    return "".join(parts)


def field_comment(name: str) -> str:
    """What stands behind the # of a NamedTuple's field, given as module.Class.field."""
    module, owner, field = name.rsplit(".", 2)
    source = inspect.getsource(getattr(importlib.import_module(module), owner))
    found = re.search(rf"^ +{field}:.*?# *(.+)$", source, flags=re.M)
    return found[1] if found else ""


def arguments_listed(lines: list[str]) -> list[str]:
    """The lines with each "name : what it is" turned into a definition, whose body the indented lines continue."""
    if any(line.startswith("----") for line in lines):
        return lines
    listed, inside = [], False
    for line in lines:
        if match := ARGUMENT.fullmatch(line):
            listed += ["", match[1], f"    {match[2]}"]
        else:
            listed += [""] * (inside and line[:1].strip() != "") + [line]
        inside = bool(match) or (inside and line[:1] == " ")
    return listed


def prepare(app, what, name, obj, options, lines) -> None:
    """Say what a field is, end the last section before the source and the lesson, escape markup."""
    if lines and lines[0].startswith("Alias for field number"):
        lines[:] = [field_comment(name)]
    prepared = []
    for line in arguments_listed(lines):
        if LAST_LINES.match(line):
            prepared += ["", ""]
        prepared.append(plain(line, app.env.found_docs))
    lines[:] = prepared


def setup(app) -> dict:
    app.connect("autodoc-process-docstring", prepare, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
