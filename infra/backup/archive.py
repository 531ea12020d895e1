"""The file of a backup: a gzipped tar of header, rows, files and manifest, encrypted where a key is set.

It is written and read as a stream. The manifest comes last, with the hash of everything before it: a file without it
was never finished.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import IO, Any, cast

from infra.backup.envelope import MAGIC, OpeningReader, SealingWriter
from infra.backup.rules import Header, Manifest, damaged
from kernel.errors import Problem

HEADER, MANIFEST, ROWS, FILES = "header.json", "manifest.json", "rows/", "files/"
_GZIP = b"\x1f\x8b"
_LEVEL = 3
_READ = 1024 * 1024
_LARGEST_JSON = 256 * 1024 * 1024


class Writer:
    """Adds members to a backup and remembers their hashes."""

    def __init__(self, out: IO[bytes], header: Header, key: str | None) -> None:
        """Begin with the header."""
        self._stack = ExitStack()
        below = cast("IO[bytes]", self._stack.enter_context(SealingWriter(out, key))) if key else out
        packed = gzip.GzipFile("", "wb", _LEVEL, below, mtime=0)
        self._tar = tarfile.open(fileobj=self._stack.enter_context(packed), mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115  # closed by `finish`
        self._members: dict[str, Sequence[Any]] = {}
        self.add(HEADER, json.dumps(asdict(header)).encode())

    def add(self, name: str, content: bytes) -> None:
        """Add a member."""
        self._put(name, len(content), io.BytesIO(content), hashlib.sha256(content).hexdigest())

    def add_file(self, path: Path, digest: str) -> bool:
        """Add a content from the disk; False where it is gone or is not what its hash says."""
        try:
            file = path.open("rb")
        except FileNotFoundError:
            return False
        with file:
            if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                return False
            size = file.tell()
            file.seek(0)
            self._put(FILES + digest, size, file, digest)
        return True

    def finish(self, manifest: Manifest) -> Manifest:
        """Write the manifest and close; what was handed in stays open."""
        whole = replace(manifest, members=self._members)
        content = json.dumps(asdict(whole)).encode()
        self._put(MANIFEST, len(content), io.BytesIO(content), "")
        self._tar.close()
        self._stack.close()
        return whole

    def _put(self, name: str, size: int, content: IO[bytes], digest: str) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        self._tar.addfile(member, content)
        if name != MANIFEST:
            self._members[name] = (digest, size)


Take = Callable[[Header, str, IO[bytes]], None]
"""Called with each member of rows and files; it need not read to the end."""


class Backup:
    """A backup that was read: what it says of itself, and of its members what was found."""

    def __init__(self, header: Header, manifest: Manifest, *, encrypted: bool) -> None:
        """Keep both."""
        self.header, self.manifest, self.encrypted = header, manifest, encrypted

    @property
    def files(self) -> int:
        """How many contents of files are in it."""
        return sum(name.startswith(FILES) for name in self.manifest.members)


def read(path: Path, keys: Sequence[str], take: Take | None = None) -> Backup:
    """Read a backup from beginning to end and compare every member with the manifest.

    ``take`` sees members before the whole is known to be sound: act on the world only after this returned. Raises
    Problem with a sentence for a wrong key, another file, a cut or altered one, and a newer format.
    """
    with _opened(path, keys) as (tar, encrypted):
        header, manifest, seen = None, None, {}
        for member in tar:
            content = _Hashing(cast("IO[bytes]", tar.extractfile(member)) if member.isreg() else io.BytesIO())
            if manifest is not None:
                raise damaged("something follows its list of contents")
            if member.name == HEADER:
                header = Header.read(_json(content, member.size))
            elif member.name == MANIFEST:
                manifest = Manifest.read(_json(content, member.size))
            elif header is None:
                raise damaged("it does not begin with its header")
            elif take is not None:
                take(header, member.name, cast("IO[bytes]", content))
            if member.name != MANIFEST:
                seen[member.name] = [content.drain(), member.size]
    if header is None or manifest is None:
        raise damaged("it ends too early")
    _compare(seen, manifest)
    return Backup(header, manifest, encrypted=encrypted)


def _compare(seen: dict[str, list[Any]], manifest: Manifest) -> None:
    wanted = {name: list(told) for name, told in manifest.members.items()}
    for name in seen.keys() | wanted.keys():
        if seen.get(name) != wanted.get(name):
            raise damaged(f"{name} is not what was written")


@contextmanager
def _opened(path: Path, keys: Sequence[str]) -> Iterator[tuple[tarfile.TarFile, bool]]:
    with ExitStack() as stack:
        try:
            file = stack.enter_context(path.open("rb"))
        except OSError as error:
            raise Problem("backup.unreadable", "%(file)s can't be read: %(why)s.", file=path, why=why(error)) from error
        magic = file.read(len(MAGIC))
        if magic != MAGIC and not magic.startswith(_GZIP):
            raise damaged("it is not a backup of Launch90")
        file.seek(len(MAGIC) if magic == MAGIC else 0)
        plain: Any = io.BufferedReader(OpeningReader(file, keys), _READ) if magic == MAGIC else file
        try:
            packed = stack.enter_context(gzip.GzipFile(fileobj=plain))
            tar = stack.enter_context(tarfile.open(fileobj=packed, mode="r|"))
            yield tar, magic == MAGIC
            _exhaust(packed)
        except (EOFError, zlib.error, gzip.BadGzipFile, tarfile.TarError, UnicodeDecodeError):
            raise damaged("it was cut off or altered") from None


def _exhaust(packed: gzip.GzipFile) -> None:
    """Read what follows the tar, so that gzip compares its own checksum and the envelope its last chunk."""
    while packed.read(_READ):
        pass


def _json(content: _Hashing, size: int) -> Any:
    if size > _LARGEST_JSON:
        raise damaged("a part of it is larger than it can be")
    try:
        return json.loads(content.read())
    except ValueError:
        raise damaged("a part of it can't be read") from None


def why(error: OSError) -> str:
    """An operating system's reason, in lower case as part of a sentence."""
    return (error.strerror or str(error)).lower()


class _Hashing:
    """A member that is hashed while it is read."""

    def __init__(self, below: IO[bytes]) -> None:
        self._below, self._hash = below, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        data = self._below.read(size)
        self._hash.update(data)
        return data

    def drain(self) -> str:
        """Read the rest; gives the hash of all."""
        while self.read(_READ):
            pass
        return self._hash.hexdigest()
