"""What was sealed opens with its key and with nothing else, and any change is noticed."""

import io

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from infra.backup import envelope
from infra.backup.envelope import MAGIC, OpeningReader, SealingWriter
from kernel.errors import Problem

KEY, OTHER = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(envelope, "CHUNK", 64)


def sealed(*pieces, key=KEY):
    out = io.BytesIO()
    with SealingWriter(out, key) as writer:
        for piece in pieces:
            writer.write(piece)
    return out.getvalue()


def opened(data, *keys):
    below = io.BytesIO(data)
    assert below.read(len(MAGIC)) == MAGIC
    return io.BufferedReader(OpeningReader(below, keys or (KEY,))).read()


@given(st.lists(st.binary(max_size=200), max_size=6))
def test_what_goes_in_comes_out(pieces):
    assert opened(sealed(*pieces)) == b"".join(pieces)


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 128, 129])
def test_every_length_around_a_chunk(size):
    assert opened(sealed(b"x" * size)) == b"x" * size


def test_nothing_of_it_can_be_read_and_twice_is_never_the_same():
    first, second = sealed(b"secret words"), sealed(b"secret words")
    assert b"secret" not in first
    assert first != second


def test_an_older_key_still_opens_and_a_strange_one_is_named():
    data = sealed(b"x")
    assert opened(data, OTHER, KEY) == b"x"
    with pytest.raises(Problem, match="not among ROADMAP_ENCRYPTION_KEYS"):
        opened(data, OTHER)
    with pytest.raises(Problem, match="not a Fernet key"):
        sealed(b"x", key="short")


BROKEN = {
    "a bit flipped": lambda data: data[:-30] + bytes([data[-30] ^ 1]) + data[-29:],
    "a bit of the head": lambda data: (
        data[: len(MAGIC) + 20] + bytes([data[len(MAGIC) + 20] ^ 1]) + data[len(MAGIC) + 21 :]
    ),
    "cut in a chunk": lambda data: data[:-5],
    "cut between chunks": lambda data: data[: len(MAGIC) + 40 + 80 * 2],
    "nothing but the head": lambda data: data[: len(MAGIC) + 12],
    "the last chunk twice": lambda data: data + data[-52:],
    "chunks exchanged": lambda data: (
        data[: len(MAGIC) + 40]
        + data[len(MAGIC) + 120 : len(MAGIC) + 200]
        + data[len(MAGIC) + 40 : len(MAGIC) + 120]
        + data[len(MAGIC) + 200 :]
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_any_change_is_noticed(name):
    with pytest.raises(Problem, match="can't be used"):
        opened(BROKEN[name](sealed(b"x" * 64 * 3 + b"y" * 36)))
