"""The rule of stated numbers: what a lesson says in prose, it prints.

A number in the prose, or in a figure's alt text, must be
- printed by a cell of the same lesson whose output is compared (text, or the value, limits or rival of a ledger
  entry), and agree to the digits said: 0.43, or 43 %, agrees with a printed 0.4271; a written minus sign counts;
- or typed as a number in the lesson's code or in the code of a printed solution;
- or the value of one of its exercises' solutions;
- or in a sentence with a citation, or quoted in a paragraph with one.

No statement, and so not checked: names (Figure 3, Theorem 1, question 2, page 7, 2-D, 1st), list markers, minutes in
the head, links, `code`, integers in a formula with letters, the guesses under "Predict", the givens of an exercise,
and "Sources". Small numbers in running prose are words.
"""

import ast
import io
import re
import tokenize
from typing import NamedTuple

import notebooks
from escapelab import ledger
from escapelab.answers import registry

NAMED = (
    r"(?:Figures?|Tables?|Theorems?|Lemmas?|Corollar(?:y|ies)|Definitions?|Problems?|Remarks?|Appendi(?:x|ces)|Sections?|"
    r"Questions?|Confusions?|Chapters?|Pages?|Rows?|Columns?|Equations?|Models?|Methods?|Options?|Python|Layers?|Exercises?|"
    r"Parts?)"
)
PLACE = r"[A-Z]?\d+(?:\.\d+)*"
NAME = re.compile(rf"\b{NAMED}\s+{PLACE}[a-z]?(?:(?:\s*[-–,]\s*|\s+(?:and|to|or)\s+){PLACE}\b)*", re.I)
SKIPPED = ("predict", "sources")
DROPPED = {"exercise", "exercise-start", "code-cell", "code-block", "bibliography", "figure", "image", "toctree"}
CITE = re.compile(r"\{cite(?::\w+)?\}`[^`]*`")
SUPERSCRIPT = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
NUMBER = re.compile(
    r"(?<![\w.^])(?P<sign>[-−]?)(?P<digits>\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    r"(?:e(?P<e>[-+]?\d+)|\s?(?:×|\\times|\\cdot)\s?10\^\{?(?P<times>[-−]?\d+)\}?|(?P<ten>(?<=\b10)\^\{?(?P<power>[-−]?\d+)\}?))?"
    r"(?!\d)(?P<after>(?:-?D\b|st\b|nd\b|rd\b|th\b)|\s?(?:%|per\s?cent\b))?"
)


class Number(NamedTuple):
    """A number as written: value, half a unit of its last digit, whether a minus was written, whether it is a share."""

    value: float
    half: float
    signed: bool
    percent: bool
    text: str


def numbers(text: str) -> list[Number]:
    """Every number of a text that is not part of a word, an ordinal or a dimension (2-D)."""
    text = re.sub(r"10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda m: "10^" + m[1].translate(SUPERSCRIPT), text)
    found = []
    for match in NUMBER.finditer(text):
        after = (match["after"] or "").strip()
        if after and after[-1] in "Dtdh" and "cent" not in after:
            continue
        digits = match["digits"].replace(",", "")
        power = int((match["e"] or match["times"] or "0").replace("−", "-"))
        value, unit = float(digits), 10.0 ** -len(digits.partition(".")[2])
        if match["ten"]:
            value = unit = 10.0 ** int(match["power"].replace("−", "-"))
            unit *= 1e-9
        sign = -1.0 if match["sign"] else 1.0
        found.append(
            Number(sign * value * 10.0**power, 0.5 * unit * 10.0**power, bool(match["sign"]), bool(after), match[0])
        )
    return found


def _directive_free(text: str) -> str:
    """The text without code and without directives' markup; bodies of solutions, notes and the like stay."""
    kept, fences = [], []
    for line in text.splitlines():
        fence = re.match(r"\s*(`{3,}|:{3,})\s*(?:\{([\w:-]+)\})?(.*)$", line)
        if fences and re.fullmatch(rf"\s*{re.escape(fences[-1][0][0])}{{{len(fences[-1][0])},}}\s*", line):
            fences.pop()
            kept.append("")
        elif fence and not any(drop for _, drop in fences):
            mark, name, rest = fence.groups()
            code = name in DROPPED or (name is None and mark[0] == "`")
            fences.append((mark, code))
            kept.append("" if code or name in ("solution", "math") else rest)
        elif not any(drop for _, drop in fences) and not (fences and re.match(r"\s*:[\w-]+:", line)):
            kept.append(line)
    return "\n".join(kept)


def _plain(text: str) -> str:
    """The text without links' targets, code and markup; citations become \x00."""
    text = re.sub(r"<!--.*?-->", "", text, flags=re.S)
    text = CITE.sub("\x00", text)
    text = re.sub(r"\{math\}`([^`]*)`", r"$\1$", text)
    text = re.sub(r"\{[\w:-]+\}`([^`<]*)(?:<[^`]*>)?`", r"\1", text)
    text = re.sub(r"`[^`]*`", " ", text)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    return re.sub(r"https?://\S+", "", text)


def _formulas_out(sentence: str) -> str:
    """Formulas with letters keep only their decimals; bare numbers in dollars stay as they are."""

    def inside(match: re.Match) -> str:
        formula = re.sub(r"\\[,;! %]", lambda m: "%" if m[0] == r"\%" else " ", match[1] or match[2])
        if not re.search(r"[A-Za-z]", re.sub(r"\\(?:times|cdot)", "", formula)):
            return f" {formula} "
        return " " + " ".join(number.text for number in numbers(formula) if "." in number.text) + " "

    return re.sub(r"\$\$(.+?)\$\$|\$(.+?)\$", inside, sentence, flags=re.S)


def sentences(notebook) -> list[str]:
    """The sentences whose numbers are statements, with what is exempt taken out of them."""
    found, section, first = [], "", True
    for cell in notebook.cells:
        alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
        text = cell.source if cell.cell_type == "markdown" else alt
        if cell.cell_type == "markdown" and first:
            text, first = re.sub(r"^.*\bminutes?\b.*$", "", text, flags=re.M), False
        for block in re.split(r"\n\s*\n|\n(?=\s*(?:[-*]|\d+[.)])\s)|\n(?=#)|(?<=\|)\n", _plain(_directive_free(text))):
            heading = re.match(r"##\s+(.*)", block)
            section = heading[1].strip().lower() if heading else section
            if section in SKIPPED or (block.lstrip().startswith(">") and "\x00" in block):
                continue
            block = re.sub(r"^\s*(?:[-*]|\d+[.)])\s", "", block)
            if "\x00" in block:
                block = re.sub(r"\"[^\"]*\"|“[^”]*”", "", block)
            block = _formulas_out(block)
            parts = re.split(r"(?<=[.!?])[\"”)*]*\s+(?=[\x00A-Z\"“*(\[])", block)
            found += [NAME.sub(" ", part) for part in parts if "\x00" not in part]
    return found


def printed(notebook) -> list[float]:
    """The numbers in the text outputs that are compared, and those of the ledger entries."""
    texts, values = [], []
    for cell in notebooks.code_cells(notebook):
        if "nbval-ignore-output" in notebooks.tags(cell):
            continue
        for output in cell.outputs:
            data = output.get("data", {})
            if ledger.MIME in data:
                measured = data[ledger.MIME]["measured"]
                values += [value for value in measured.values() if isinstance(value, float | int)]
                values.append(data[ledger.MIME]["rival"])
            elif not data.get("text/plain", "").startswith("<"):
                texts += [output.get("text", ""), data.get("text/plain", "")]
    return values + [number.value for number in numbers("\n".join(texts))]


def literals(source: str) -> list[str]:
    """The number literals of Python source, as typed."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return [token.string for token in tokens if token.type == tokenize.NUMBER and token.string[-1] not in "jJ"]


def typed(notebook) -> list[float]:
    """The numbers typed in the lesson's code and in its printed solutions, and the solutions' values."""
    cells = notebooks.code_cells(notebook)
    sources = [cell.source for cell in cells] + list(notebooks.solutions(notebook).values())
    found = [float(ast.literal_eval(text)) for source in sources for text in literals(source)]
    known = registry()
    for name in {name for cell in cells for name, _ in notebooks.checked_answers(cell.source)} & set(known):
        solution = known[name].solution
        found += [float(v) for v in (solution if isinstance(solution, list | tuple) else [solution]) if _is_number(v)]
    return found


def _is_number(value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _agrees(said: Number, value: float, half: float) -> bool:
    target = value if said.signed else abs(value)
    wanted = said.value if said.signed else abs(said.value)
    scales = (1.0, 0.01) if said.percent else (1.0,)
    return any(abs(target - wanted * s) <= (half * s) * (1 + 1e-9) + 1e-9 * abs(target) for s in scales)


def unsupported(notebook) -> list[str]:
    """One line for each stated number that the lesson neither prints nor types nor cites."""
    shown, written = printed(notebook), typed(notebook)
    problems = []
    for sentence in sentences(notebook):
        for number in numbers(sentence):
            if any(_agrees(number, value, number.half) for value in shown):
                continue
            if any(_agrees(number, sign * value, 0.0) for value in written for sign in (1.0, -1.0)):
                continue
            around = " ".join(sentence.split())[:90]
            problems.append(f"{number.text.strip()} is neither printed, typed nor cited: {around}")
    return problems


def words(notebook) -> int:
    """Words of prose: markdown without code, formulas and markup."""
    texts = [_plain(_directive_free(cell.source)) for cell in notebook.cells if cell.cell_type == "markdown"]
    return len(re.findall(r"[^\W\d_][\w'’-]*", re.sub(r"\$\$.+?\$\$|\$[^$]+\$", " ", "\n".join(texts), flags=re.S)))
