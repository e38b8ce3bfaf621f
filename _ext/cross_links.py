"""Sphinx extension: a lesson's entry in the ledger leads to its line there and back, and a term to the glossary.

Of each term the first place in a lesson's running text becomes a link; headings, code and links are left alone.
"""

import re

from docutils import nodes

LEDGER = "chapters/verdict/v2-ledger"
GLOSSARY = "chapters/reference/glossary"
ENTRY = re.compile(r'<div class="ledger-entry"(.*?)<span style="font-family:monospace">([\w-]+)</span>', re.S)
ROW = re.compile(r'(<tr id="([\w-]+)">(?:(?!</tr>).)*?<a href="\.\./[\w/-]+\.html)(")', re.S)
CLOSED = (nodes.reference, nodes.literal, nodes.math, nodes.title, nodes.raw, nodes.pending, nodes.literal_block)


def link_claims(app, doctree, docname) -> None:
    """Give each entry of a lesson an anchor and a link to the ledger; let the ledger's lines lead to the anchor."""
    for node in doctree.findall(nodes.raw):
        text = node.astext()
        if docname == LEDGER:
            changed = ROW.sub(r"\1#claim-\2\3", text)
        elif 'class="ledger-entry"' in text:
            ledger = app.builder.get_relative_uri(docname, LEDGER)
            link = rf'<a style="font-family:monospace" href="{ledger}#\2">\2</a>'
            changed = ENTRY.sub(rf'<div class="ledger-entry" id="claim-\2"\1{link}', text)
        else:
            continue
        if changed != text:
            node.replace_self(nodes.raw("", changed, format=node["format"]))


def _open(text: nodes.Text) -> bool:
    """Whether a piece of text stands in a paragraph, outside of links, code and formulas."""
    above, inside = text.parent, False
    while above is not None:
        if isinstance(above, CLOSED):
            return False
        inside = inside or isinstance(above, nodes.paragraph)
        above = above.parent
    return inside


def link_terms(app, doctree, docname) -> None:
    """Turn the first place of every term of the glossary in a lesson's text into a link."""
    objects = app.env.get_domain("std").objects
    anchors = {name.lower(): place[1] for (kind, name), place in objects.items() if kind == "term"}
    if not docname.startswith("chapters/") or docname.startswith("chapters/reference/") or not anchors:
        return
    names = sorted(anchors, key=len, reverse=True)
    pattern = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, names))})(s?)(?![\w-])", re.I)
    glossary, linked = app.builder.get_relative_uri(docname, GLOSSARY), set()
    for text in [text for text in doctree.findall(nodes.Text) if _open(text)]:
        parts, rest, written = [], 0, text.astext()
        for match in pattern.finditer(written):
            name = match[1].lower()
            if name in linked:
                continue
            linked.add(name)
            uri = f"{glossary}#{anchors[name]}"
            term = nodes.reference("", match[0], internal=True, refuri=uri, classes=["glossary-term"])
            parts += [nodes.Text(written[rest : match.start()]), term]
            rest = match.end()
        if parts:
            text.parent.replace(text, [*parts, nodes.Text(written[rest:])])


def setup(app) -> dict:
    app.connect("doctree-resolved", link_claims, priority=960)
    app.connect("doctree-resolved", link_terms, priority=970)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
