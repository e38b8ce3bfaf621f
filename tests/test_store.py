"""A store keeps results whole, and tells a damaged one."""

import os
import pickle

import pytest
from escapelab.store import Store

KEY, OTHER = "ab" * 32, "cd" * 32
ABOUT = {"function": "f", "task": {"eta": 0.1}, "seconds": 0.5}


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "deep" / "store")
    store.write(KEY, pickle.dumps([1.5, 2]), **ABOUT)
    return store


def test_what_is_written_is_read(store):
    assert store.read(KEY) == (True, [1.5, 2], None)
    assert store.read(OTHER) == (False, None, None)


def test_two_lines_of_text_say_what_a_file_is(store):
    first, second = store.path(KEY).read_bytes().split(b"\n")[:2]
    assert first.startswith(b"escapelab-result ") and b'"task": {"eta": "0.1"}' in second


@pytest.mark.parametrize("place", [0, 20, 100, -1])
def test_one_changed_bit_is_found(store, place):
    content = bytearray(store.path(KEY).read_bytes())
    content[place] ^= 1
    store.path(KEY).write_bytes(content)
    assert store.read(KEY)[2] == "its content doesn't fit its checksum"


@pytest.mark.parametrize("length", [0, 1, 60, 100, -1])
def test_a_file_that_ends_early_is_found(store, length):
    store.path(KEY).write_bytes(store.path(KEY).read_bytes()[:length])
    assert store.read(KEY)[:2] == (False, None) and "checksum" in store.read(KEY)[2]


def test_a_result_under_the_name_of_another_task_is_found(store):
    store.path(OTHER).parent.mkdir()
    store.path(OTHER).write_bytes(store.path(KEY).read_bytes())
    assert store.read(OTHER) == (False, None, "it holds another task")


def test_a_result_whose_class_is_gone_is_computed_again(store):
    store.write(KEY, b"cescapelab.store\nGone\n.", **ABOUT)
    assert "can't be read any more" in store.read(KEY)[2]


def test_a_write_that_fails_leaves_the_old_result_and_no_trace(store, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda handle: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space left"):
        store.write(KEY, pickle.dumps(3), **ABOUT)
    assert store.read(KEY) == (True, [1.5, 2], None) and len(os.listdir(store.path(KEY).parent)) == 1


def test_a_report_that_cannot_be_written_does_not_stop_a_sweep(store, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda handle: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    store.report(KEY, "it failed")
    assert not list(store.folder.rglob("*.failed.txt"))
