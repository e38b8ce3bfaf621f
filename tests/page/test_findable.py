"""What leads from one place of the book to another: claims and ledger, words and glossary, front page and lessons."""

import re

from test_page import HTML

LEDGER = HTML / "chapters" / "verdict" / "v2-ledger.html"
LESSONS = {path: path.read_text(encoding="utf-8") for path in (HTML / "chapters").glob("[a-uw-z]*/*-*.html")}


def test_every_judged_claim_leads_to_its_entry_in_the_lesson():
    links = re.findall(r'<tr id="([\w-]+)">.*?<a href="\.\./([\w/-]+\.html)#([\w-]+)"', LEDGER.read_text(), re.S)
    assert len(links) > 20
    for claim, page, anchor in links:
        assert anchor == f"claim-{claim}" and f'id="{anchor}"' in (HTML / "chapters" / page).read_text()


def test_every_entry_of_a_lesson_leads_to_its_line_in_the_ledger():
    ledger = LEDGER.read_text()
    for page, text in LESSONS.items():
        claims = re.findall(r'href="\.\./verdict/v2-ledger\.html#([\w-]+)">\1</a>', text)
        assert len(claims) == text.count('class="ledger-entry"'), page
        assert [claim for claim in claims if f'<tr id="{claim}">' not in ledger] == []


def test_a_lesson_leads_to_the_glossary_once_a_word():
    glossary = (HTML / "chapters" / "reference" / "glossary.html").read_text()
    for page, text in LESSONS.items():
        anchors = re.findall(r'class="glossary-term reference internal" href="[^"#]*glossary\.html#([\w-]+)"', text)
        assert len(anchors) >= 3, page
        assert [anchor for anchor in anchors if f'id="{anchor}"' not in glossary] == []
        assert len(set(anchors)) == len(anchors)


def test_the_one_hour_path_leads_through_six_lessons():
    path = re.search(r'<section id="in-one-hour">.*?</section>', (HTML / "intro.html").read_text(), re.S)[0]
    steps = re.findall(r'<li>.*?href="(chapters/[\w/-]+\.html)"', path, re.S)
    assert len(steps) == 6 and all((HTML / step) in LESSONS for step in steps)


def test_every_lesson_says_its_minutes_and_what_it_needs():
    heads = {page.name: re.search(r"</h1>\s*<p><em>(\d+) minutes\. Needs", text) for page, text in LESSONS.items()}
    assert [name for name, head in heads.items() if head is None] == []
