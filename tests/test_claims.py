"""`claims.toml` lists every claim of the four sources once, and every claim has a lesson."""

import re
import tomllib
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

TABLE = tomllib.loads((Path(__file__).parents[1] / "claims.toml").read_text(encoding="utf-8"))
CLAIMS, LESSONS = TABLE["claim"], TABLE["lessons"]
KINDS = {"claim", "question", "theorem", "lemma", "definition", "table", "figure", "prediction"}
SOURCES = ("thread", "kleinberg", "patel", "blog")
WITHOUT_CLAIMS = {"verdict/v2-ledger"}


def test_a_claim_has_exactly_the_six_fields():
    wrong = [claim for claim in CLAIMS if list(claim) != ["id", "source", "place", "kind", "says", "lesson"]]
    assert not wrong
    assert all(isinstance(text, str) and text == text.strip() != "" for claim in CLAIMS for text in claim.values())


def test_no_id_occurs_twice():
    assert [name for name, count in Counter(claim["id"] for claim in CLAIMS).items() if count > 1] == []


def test_an_id_is_its_source_and_a_few_plain_words():
    pattern = re.compile(rf"({'|'.join(SOURCES)})(-[a-z0-9]+)+")
    assert [claim["id"] for claim in CLAIMS if not pattern.fullmatch(claim["id"]) or len(claim["id"]) > 40] == []
    assert all(claim["id"].startswith(claim["source"] + "-") for claim in CLAIMS)


def test_the_sources_stand_one_after_the_other():
    assert list(dict.fromkeys(claim["source"] for claim in CLAIMS)) == list(SOURCES)
    changes = sum(one["source"] != other["source"] for one, other in pairwise(CLAIMS))
    assert changes == len(SOURCES) - 1


def test_every_kind_is_one_of_eight():
    assert {claim["kind"] for claim in CLAIMS} == KINDS


def test_the_book_has_56_lessons_that_ask_a_question():
    assert len(LESSONS) == 56
    part = "start|thread|smoothing|geometry|practice|verdict"
    assert all(re.fullmatch(rf"({part})/[a-z0-9-]+", slug) for slug in LESSONS)
    assert len(set(LESSONS.values())) == len(LESSONS)


def test_every_claim_has_a_lesson_and_every_lesson_claims():
    assert {claim["lesson"] for claim in CLAIMS} == set(LESSONS) - WITHOUT_CLAIMS


def test_what_a_claim_says_is_short_and_said_once():
    assert [claim["id"] for claim in CLAIMS if len(claim["says"]) > 180 or claim["says"][-1] not in ".?)"] == []
    assert len({claim["says"] for claim in CLAIMS}) == len(CLAIMS)


@pytest.mark.parametrize(
    ("source", "pattern", "numbers"),
    [
        ("patel", r"Table (\d)", range(1, 6)),
        ("patel", r"Figure (\d+)", range(1, 13)),
        ("patel", r"Remark (\d)", range(1, 4)),
        ("patel", r"(?:Theorem|Lemma|Definition|Problem) 3\.(\d+)", range(1, 15)),
        ("kleinberg", r"Figure (\d)", range(1, 7)),
        ("kleinberg", r"(?:Theorem|Lemma|Corollary) (\d)", range(1, 7)),
        ("thread", r"asker, q(\d)", range(1, 8)),
        ("thread", r"asker, f(\d)", range(1, 8)),
        ("thread", r"asker, c(\d)", range(1, 5)),
        ("thread", r"answer, q(\d)", range(1, 8)),
        ("thread", r"answer, f(\d)", range(1, 8)),
        ("thread", r"answer, c(\d)", range(1, 5)),
    ],
)
def test_every_numbered_item_of_a_source_is_listed(source, pattern, numbers):
    places = " ".join(claim["place"] for claim in CLAIMS if claim["source"] == source)
    missing = {str(number) for number in numbers} - set(re.findall(pattern, places))
    assert not missing
