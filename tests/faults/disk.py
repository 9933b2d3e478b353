"""A disk that can lose power: what was written since the last sync is lost, torn or kept out of order.

SQLite reaches it through a virtual file system (``apsw.VFS``). Nothing of it touches the real disk. A write goes to
what programs see at once, and to a list of what is not on the platter yet; a sync carries that list over. When the
power goes, each write on the list is kept, lost, or torn: each of its sectors is kept or lost. So a later write can be
there without an earlier one. A file that was made and never synced is gone, one that was deleted may be back.

Bytes beside those that are written stay as they are (SQLite's «powersafe overwrite», which its own file system for
Linux also takes for granted).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

import apsw

SECTOR = 512
"""Bytes that a disk writes whole or not at all."""

Act = str
"""What is done to a file: ``write``, ``truncate``, ``sync`` or ``delete``."""


class PowerCut(Exception):
    """The power is gone: nothing more can be done with this disk."""


@dataclass
class File:
    """One file.

    Attributes:
        seen: What programs read.
        kept: What is on the platter for sure; ``None``: not even its name is.
        pending: Writes (where, bytes) and new lengths (length, ``None``) since the last sync, in order.
    """

    seen: bytearray
    kept: bytes | None = None
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)

    def sync(self) -> None:
        """Carry everything to the platter."""
        self.kept = bytes(self.seen)
        self.pending.clear()


@dataclass
class Disk:
    """Files by name, and what may go wrong with them.

    Attributes:
        files: Those that programs see.
        deleted: Files whose deletion is not on the platter yet.
        before: Called before every act, with the act and the name; raises what goes wrong.
        lies: Syncs are acknowledged, and not done.
        read_only: Files can be read, and no more.
        acts: Acts so far.
    """

    files: dict[str, File] = field(default_factory=dict)
    deleted: dict[str, File] = field(default_factory=dict)
    before: Callable[[Act, str], None] = lambda act, name: None
    lies: bool = False
    read_only: bool = False
    acts: int = 0

    @classmethod
    def of(cls, contents: dict[str, bytes]) -> Disk:
        """Return a disk with files that are on the platter."""
        return cls({name: File(bytearray(data), data) for name, data in contents.items()})

    def act(self, act: Act, name: str) -> None:
        """Count an act that is about to be done; it may go wrong."""
        self.acts += 1
        self.before(act, name)

    def write(self, name: str, at: int, data: bytes | None) -> None:
        """Write bytes, or give a file a length; where the power goes meanwhile, that is pending too."""
        file = self.files[name]
        try:
            self.act("write" if data is not None else "truncate", name)
        except PowerCut:
            file.pending.append((at, data))
            raise
        _apply(file.seen, at, data)
        file.pending.append((at, data))

    def sync(self, name: str) -> None:
        """Sync a file."""
        self.act("sync", name)
        if not self.lies:
            self.files[name].sync()
            self.deleted.pop(name, None)

    def delete(self, name: str, *, durably: bool) -> None:
        """Delete a file."""
        self.act("delete", name)
        file = self.files.pop(name)
        if file.kept is not None and not (durably and not self.lies):
            self.deleted[name] = file

    def after_power_cut(self, draw: random.Random) -> Disk:
        """Return the disk as it may be when the power is back."""
        kept_share, torn_share = draw.choice(_MOODS)
        found: dict[str, bytes] = {}
        for name, file in [*self.deleted.items(), *self.files.items()]:
            if name in self.deleted and name not in self.files and draw.random() < 0.5:
                continue
            if file.kept is None and draw.random() < 0.5:
                continue
            content = bytearray(file.kept or b"")
            for at, data in file.pending:
                if data is None or draw.random() >= torn_share:
                    if draw.random() < kept_share:
                        _apply(content, at, data)
                else:
                    for start in range(0, len(data), SECTOR):
                        if draw.random() < kept_share:
                            _apply(content, at + start, data[start : start + SECTOR])
            found[name] = bytes(content)
        return Disk.of(found)


_MOODS = ((0.0, 0.0), (0.5, 0.0), (0.5, 0.5), (0.5, 1.0), (0.9, 0.3), (0.97, 0.0), (1.0, 0.0))
"""What share of the pending writes is kept, and of how many each sector has a fate of its own."""


def _apply(content: bytearray, at: int, data: bytes | None) -> None:
    """Write bytes into a file, or give it a length."""
    end = at if data is None else at + len(data)
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    if data is None:
        del content[at:]
    else:
        content[at:end] = data


class Mounted(apsw.VFS):
    """A disk as a file system of SQLite. Connections use it by its name; it has no shared memory.

    Args:
        name: For ``apsw.Connection(…, vfs=name)``.
        disk: May be changed while nothing is open.

    Attributes:
        name, disk: As given.
    """

    def __init__(self, name: str, disk: Disk) -> None:
        self.name, self.disk = name, disk
        super().__init__(name, base="")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> _Opened:
        """Open a file, and make it where it is not there."""
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        if path not in self.disk.files:
            if self.disk.read_only:
                raise apsw.CantOpenError(path)
            self.disk.files[path] = File(bytearray())
        read_only = apsw.SQLITE_OPEN_READONLY
        flags[1] = flags[0] & ~apsw.SQLITE_OPEN_READWRITE | read_only if self.disk.read_only else flags[0]
        return _Opened(self.disk, path)

    def xAccess(self, pathname: str, flags: int) -> bool:
        """Return whether a file is there."""
        return pathname in self.disk.files

    def xDelete(self, filename: str, syncdir: bool) -> None:
        """Delete a file."""
        self.disk.delete(filename, durably=bool(syncdir))

    def xFullPathname(self, name: str) -> str:
        """Return a name as it is."""
        return name


class _Opened:
    """An open file, with the methods that SQLite asks for."""

    def __init__(self, disk: Disk, name: str) -> None:
        self._disk, self._name, self._file = disk, name, disk.files[name]

    def xRead(self, amount: int, offset: int) -> bytes:
        return bytes(self._file.seen[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        self._disk.write(self._name, offset, bytes(data))

    def xTruncate(self, newsize: int) -> None:
        self._disk.write(self._name, newsize, None)

    def xSync(self, flags: int) -> None:
        self._disk.sync(self._name)

    def xFileSize(self) -> int:
        return len(self._file.seen)

    def xDeviceCharacteristics(self) -> int:
        return apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE

    def xSectorSize(self) -> int:
        return 4096

    def xFileControl(self, op: int, pointer: int) -> bool:
        return False

    def xClose(self) -> None: ...
    def xLock(self, level: int) -> None: ...
    def xUnlock(self, level: int) -> None: ...

    def xCheckReservedLock(self) -> bool:
        return False
