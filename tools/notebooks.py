"""Notebooks as files: which the book has, how they are read, stored in one normal form, and taken apart.

Used by lessons.py, fresh.py and the tests. Nothing here executes a notebook.
"""

import ast
import base64
import hashlib
import io
import re
from pathlib import Path

import nbformat
import yaml

ROOT = Path(__file__).resolve().parents[1]
KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
LISTINGS = {"verdict/v2-ledger"}  # pages generated from the lessons; not lessons themselves
WIDGET = "application/vnd.jupyter.widget-view+json"


def _files(entry) -> list[str]:
    if isinstance(entry, dict):
        own = [entry["file"]] if "file" in entry else []
        return own + [name for value in entry.values() if isinstance(value, list) for name in _files(value)]
    return [name for part in entry for name in _files(part)]


def in_book(root: Path = ROOT) -> list[Path]:
    """Every notebook that _toc.yml lists, in its order."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    names = [name.removesuffix(".ipynb") for name in [toc["root"], *_files(toc)]]
    return [path for name in names if (path := root / f"{name}.ipynb").exists()]


def slug(path: Path) -> str:
    """`part/name`, as claims.toml writes a lesson."""
    return f"{path.parent.name}/{path.stem}"


def chosen(names: list[str], root: Path = ROOT) -> list[Path]:
    """The notebooks named by slug or path; all of the book where no name is given. ValueError for an unknown one."""
    if not names:
        return in_book(root)
    paths = [Path(name) if name.endswith(".ipynb") else root / "chapters" / f"{name}.ipynb" for name in names]
    for path in paths:
        if not path.exists():
            raise ValueError(f"no notebook {path}")
    return paths


def read(path: Path):
    """The notebook as nbformat 4; sources and outputs as strings."""
    return nbformat.read(path, as_version=4)


def title(path: Path) -> str:
    """The first heading of a notebook or of a text."""
    text = read(path).cells[0].source if path.suffix == ".ipynb" else path.read_text(encoding="utf-8")
    return re.search(r"^# (.+?)\s*$", text, re.M)[1]


def code_cells(notebook) -> list:
    """The cells that hold code, in order."""
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def tags(cell) -> list[str]:
    """The cell's tags."""
    return cell.metadata.get("tags", [])


def fingerprints(notebook) -> list[str]:
    """One hash a code cell, over its source and that of every code cell above it."""
    digest = hashlib.sha256()
    found = []
    for cell in code_cells(notebook):
        digest.update(cell.source.strip().encode() + b"\0")
        found.append(digest.hexdigest()[:16])
    return found


def small(png: str) -> str:
    """A base64 PNG redrawn with 128 colours, on white: a fifth of the size, the same bytes every time."""
    from PIL import Image

    picture = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGBA")
    flat = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
    out = io.BytesIO()
    flat.quantize(128, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return base64.b64encode(out.getvalue()).decode()


def _stored(output, count: int, pictures: bool):
    output = nbformat.from_dict(output)
    if "data" in output:
        output.data.pop(WIDGET, None)
        output.metadata = {}
        if pictures and "image/png" in output.data:
            output.data["image/png"] = small(output.data["image/png"])
    if output.output_type == "execute_result":
        output.execution_count = count
    return output


def normalise(notebook, executed: bool = True, pictures: bool = True) -> None:
    """Put the notebook into the form in which it is stored: stable ids and counts, no widget state, no times.

    executed: keep the outputs and note in each cell the hash of the source that made them; otherwise drop them.
    pictures: redraw the pictures with few colours.
    """
    kept = {key: notebook.metadata[key] for key in ("escapelab", "mystnb") if key in notebook.metadata}
    notebook.metadata = nbformat.from_dict({**kept, "kernelspec": KERNEL, "language_info": {"name": "python"}})
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.cells = [cell for cell in notebook.cells if cell.source.strip()]
    used: set[str] = set()
    prints = iter(fingerprints(notebook))
    count = 0
    for place, cell in enumerate(notebook.cells):
        if cell.get("id") in used or not re.fullmatch(r"[a-z]+-\d+|[0-9a-f-]{8,36}", cell.get("id", "")):
            cell["id"] = next(name for n in range(place, 10**6) if (name := f"{cell.cell_type}-{n:02d}") not in used)
        used.add(cell["id"])
        cell.source = cell.source.strip("\n")
        cell.metadata = nbformat.from_dict({k: cell.metadata[k] for k in ("tags", "mystnb") if k in cell.metadata})
        if cell.cell_type != "code":
            continue
        count += 1
        print_ = next(prints)
        cell.execution_count = count if executed else None
        cell.outputs = [_stored(output, count, pictures) for output in cell.outputs] if executed else []
        cell.outputs = _joined([output for output in cell.outputs if output.get("data", True)])
        if executed:
            cell.metadata["escapelab"] = {"executed": print_}


def _joined(outputs: list) -> list:
    """The outputs with neighbouring pieces of one stream in one: how a kernel cuts them depends on its haste."""
    whole = []
    for output in outputs:
        if whole and output.output_type == "stream" and output.get("name") == whole[-1].get("name"):
            whole[-1].text += output.text
        else:
            whole.append(output)
    return whole


def write(notebook, path: Path) -> None:
    """Store the notebook; the same notebook gives the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = nbformat.writes(notebook, version=4)
    path.write_text(text.rstrip("\n") + "\n", encoding="utf-8")


def calls(source: str, name: str) -> bool:
    """Whether Python source calls a function of this name, plain or as an attribute."""
    called = (node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return any(getattr(function, "id", getattr(function, "attr", None)) == name for function in called)


def first_line(cell) -> str:
    """The first line of a cell, to name it by."""
    return cell.source.strip().splitlines()[0][:60]


def checked_answers(source: str) -> list[tuple[str, str]]:
    """(exercise id, expression that is checked) of every `check("id", expression)` in a cell's source."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    named = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "check"]
    return [(ast.literal_eval(call.args[0]), ast.unparse(call.args[1])) for call in named]


SOLUTION = re.compile(r"^(`{4,}|:{3,})\{solution\}\s*(\S+)[^\n]*\n(.*?)^\1\s*$", re.M | re.S)
FENCE = re.compile(r"^```(?:\{code-cell\}\s*)?(?:i?python3?)?\s*\n(.*?)^```\s*$", re.M | re.S)


def solutions(notebook) -> dict[str, str]:
    """The code of each {solution} directive by its label; '' where it has none."""
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return {label: "\n".join(FENCE.findall(body)) for _, label, body in SOLUTION.findall(text)}
