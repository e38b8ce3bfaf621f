"""What leads from one place of the book to another: claims and ledger, words and glossary, front page and lessons."""

import html
import re

from escapelab import ledger
from visits import HTML

LISTING = "verdict/v2-ledger"
CURLY = str.maketrans("“”’", '""\'')
CONFUSIONS = html.unescape((HTML / "chapters/reference/confusions.html").read_text(encoding="utf-8")).translate(CURLY)
LEDGER = HTML / "chapters" / "verdict" / "v2-ledger.html"
NOTEBOOKS = [path.relative_to(HTML / "_sources") for path in (HTML / "_sources" / "chapters").rglob("*.ipynb")]
PATHS = [HTML / path.with_suffix(".html") for path in NOTEBOOKS if path.stem != "v2-ledger"]
LESSONS = {path: path.read_text(encoding="utf-8") for path in PATHS}


def test_every_judged_claim_leads_to_its_entry_in_the_lesson():
    judged = [row for row in LEDGER.read_text().split("<tr id=")[1:] if ">open</span>" not in row]
    assert len(judged) > 20
    for row in judged:
        claim, page, anchor = re.search(r'"([\w-]+)">.*<a href="\.\./([\w/-]+\.html)#([\w-]+)"', row, re.S).groups()
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


def test_every_lesson_is_the_answer_to_some_confusion_once():
    places = re.findall(r"<p><strong>Answered in: </strong><a [^>]*>(.*?)</a></p>", CONFUSIONS)
    places += re.findall(r"<p><em>Not yet written: </em>(.*?)</p>", CONFUSIONS)
    assert sorted(places) == sorted(question for name, question in ledger.lessons().items() if name != LISTING)


def test_all_that_the_asker_asks_is_among_the_confusions_with_its_verdict():
    asked = [claim for claim in ledger.claims().values() if claim.id.startswith("thread-ask-")]
    written = {f"{path.parent.name}/{path.stem}" for path in LESSONS}
    for claim in (claim for claim in asked if claim.kind == "question"):
        item = re.search(rf'<p>"{re.escape(claim.says)}" ?(.*?)</p>', CONFUSIONS)
        assert item and bool(item[1]) == (claim.lesson in written), claim.id


def test_a_verdict_among_the_confusions_leads_to_its_entry():
    links = re.findall(r'href="\.\./([\w/-]+\.html)#([\w-]+)">(?:holds|fails|depends|half right)<', CONFUSIONS)
    assert len(links) >= 9
    assert [link for link in links if f'id="{link[1]}"' not in (HTML / "chapters" / link[0]).read_text()] == []


def test_what_is_not_written_yet_is_said_to_be_so_and_has_no_link():
    assert CONFUSIONS.count("Not yet written: ") == len(ledger.lessons()) - 1 - len(LESSONS)


def test_the_thread_is_told_in_five_figures_each_with_its_numbers_and_its_lesson():
    story = (HTML / "chapters/thread/in-five-figures.html").read_text(encoding="utf-8")
    assert (
        story.count('<details class="escapelab-numbers"')
        == len(re.findall(r'<p class="lesson-figure-source">', story))
        == 5
    )


def test_a_verdict_among_the_confusions_has_its_number():
    lines = re.findall(r">(?:holds|fails|depends|half right)</a>(.*?)</p>", CONFUSIONS)
    assert lines and [line for line in lines if not re.match(r", measured −?[\d.]", line)] == []
