"""The check of external links: what it collects, and what it calls broken."""

import http.server
import threading
from pathlib import Path

import links
import pytest

ROOT = Path(__file__).resolve().parents[1]


class Server(http.server.BaseHTTPRequestHandler):
    """Answers with the status that the path names."""

    def do_GET(self):
        self.send_response(int(self.path[1:]))
        self.end_headers()

    def log_message(self, *words):
        """Stay silent."""


@pytest.fixture
def address():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_addresses_lose_what_the_sentence_adds():
    text = "see (https://a.example/b), `https://c.example/d`. **https://e.example/f_(g)**"
    assert links.addresses(text) == {"https://a.example/b", "https://c.example/d", "https://e.example/f_(g"}


def test_a_doi_is_an_address():
    assert links.addresses("  doi = {10.1000/182},\n") == {"https://doi.org/10.1000/182"}


def test_the_books_own_links_are_found():
    assert "references.bib" in links.collected()["https://math.stackexchange.com/questions/4268128"]


@pytest.mark.parametrize(("status", "broken"), [(200, False), (403, False), (404, True), (500, True)])
def test_an_address_is_broken_where_the_server_says_so(address, status, broken):
    assert bool(links.trouble(f"{address}/{status}")) == broken


def test_a_server_that_is_not_there_is_broken():
    assert links.trouble("http://127.0.0.1:1/")
