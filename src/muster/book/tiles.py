"""A log as files: entries in bundles, hashes in tiles, 256 to a file, under paths that anybody can work out.

Entry i of the log is ``body ‖ time of record`` of event i + 1 (sequence numbers begin at 1). A full file never changes
again; the last ones of each level are partial, named by how much they hold, and are replaced as the log grows.

Source: C2SP tlog-tiles (c2sp.org/tlog-tiles). An entry bundle gives an entry two bytes for its length, so an entry is
at most 65,535 bytes and a body at most 65,511. A longer event is refused when it is to be recorded, never cut or split.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from muster.book.log_rules import breach
from muster.book.merkle import HASH_BYTES
from muster.errors import LogError

CHECKPOINT = "checkpoint"
"""Path of the newest checkpoint."""
TILE_LEVELS = 8
"""Levels of the tree from one tile to the next."""
TILE_WIDTH = 1 << TILE_LEVELS
"""Hashes in a full tile, entries in a full bundle."""
ENTRIES = -1
"""The level of entry bundles: they lie below the tiles of leaf hashes."""
TIME_BYTES = 24
MOST_ENTRY_BYTES = (1 << 16) - 1
MOST_BODY_BYTES = MOST_ENTRY_BYTES - TIME_BYTES
MOST_FILE_BYTES = TILE_WIDTH * (MOST_ENTRY_BYTES + 2)
"""No file of a log is longer; whoever reads a stranger's log stops there."""

_LENGTH_BYTES = 2


@dataclass(frozen=True, order=True)
class Tile:
    """One file of hashes, or of entries.

    Attributes:
        level: 0: leaf hashes; l: hashes of full tiles of level l - 1; ``ENTRIES``: a bundle of entries.
        index: Place among the files of its level, from 0 on.
        width: How many it holds, 1 to 256.
    """

    level: int
    index: int
    width: int = TILE_WIDTH

    @property
    def start(self) -> int:
        """Number of its first hash within its level, or of its first entry."""
        return self.index * TILE_WIDTH

    @property
    def end(self) -> int:
        """Number after its last hash or entry."""
        return self.start + self.width

    @property
    def tree_level(self) -> int:
        """Level of its hashes in the Merkle tree."""
        return max(self.level, 0) * TILE_LEVELS

    @property
    def path(self) -> str:
        """Where it lies.

        Example:
            >>> Tile(0, 1234067).path, Tile(ENTRIES, 0, 3).path
            ('tile/0/x001/x234/067', 'tile/entries/000.p/3')
        """
        parts = [f"{self.index % 1000:03}"]
        while index := self.index // 1000 ** len(parts):
            parts.insert(0, f"x{index % 1000:03}")
        partial = f".p/{self.width}" if self.width < TILE_WIDTH else ""
        return f"tile/{'entries' if self.level == ENTRIES else self.level}/{'/'.join(parts)}{partial}"


@dataclass(frozen=True)
class Log:
    """Where a log is read from.

    Attributes:
        size: Number of entries.
        entries: ``entries(start, end)`` → ``body ‖ time of record`` of each.
        hashes: ``hashes(level, start, end)`` → neighbouring nodes of one level of the Merkle tree.
    """

    size: int
    entries: Callable[[int, int], Iterable[bytes]]
    hashes: Callable[[int, int, int], Iterable[bytes]]


def leaf_data(body: bytes, time: str) -> bytes:
    """Return what is hashed into the log for one event.

    Args:
        body: Its canonical JSON.
        time: Time of record, ``YYYY-MM-DDTHH:MM:SS.mmmZ``.
    Raises:
        LogError: The body is too long for an entry (L5).
    """
    assert len(time) == TIME_BYTES
    if len(body) > MOST_BODY_BYTES:
        raise LogError(
            breach(
                "L5",
                "An event is too long to be recorded.",
                where="the event",
                seen=f"{len(body):,} bytes; at most {MOST_BODY_BYTES:,}",
                do="record it as several events, e.g. one per page of the waybill",
            )
        )
    return body + time.encode("ascii")


def body_and_time(entry: bytes) -> tuple[bytes, str]:
    """Return body and time of record of an entry whose form has been checked."""
    return entry[:-TIME_BYTES], entry[-TIME_BYTES:].decode("ascii")


def tiles_of(size: int, *, since: int = 0) -> Iterator[Tile]:
    """Yield the files of a log, the entries first, then level by level.

    Args:
        size: Number of entries.
        since: Leave out what a log of this size already has.
    Example:
        >>> [tile.path for tile in tiles_of(70_000, since=69_999)]
        ['tile/entries/273.p/112', 'tile/0/273.p/112']
    """
    level = ENTRIES
    while (there := size >> max(level, 0) * TILE_LEVELS) > 0:
        before = since >> max(level, 0) * TILE_LEVELS
        for index in range(before // TILE_WIDTH, -(-there // TILE_WIDTH)):
            width = min(TILE_WIDTH, there - index * TILE_WIDTH)
            if width > before - index * TILE_WIDTH:
                yield Tile(level, index, width)
        level += 1


def export(log: Log, checkpoint: bytes, *, since: int = 0) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of every file of a log; the checkpoint last, when all that it speaks of is there.

    Args:
        log: Where entries and hashes are read from.
        checkpoint: The signed checkpoint of this size.
        since: Size at which the log was exported before; only what is new then comes.
    """
    for tile in tiles_of(log.size, since=since):
        if tile.level == ENTRIES:
            yield tile.path, bundle(log.entries(tile.start, tile.end))
        else:
            yield tile.path, b"".join(log.hashes(tile.tree_level, tile.start, tile.end))
    yield CHECKPOINT, checkpoint


def bundle(entries: Iterable[bytes]) -> bytes:
    """Return the content of an entry bundle: each entry behind its length, big-endian."""
    return b"".join(part for entry in entries for part in (len(entry).to_bytes(_LENGTH_BYTES, "big"), entry))


def entries_in(data: bytes, *, width: int) -> list[bytes] | None:
    """Return the entries of a bundle; ``None`` if it does not hold exactly ``width``."""
    entries: list[bytes] = []
    at = 0
    while at + _LENGTH_BYTES <= len(data) and len(entries) < width:
        end = at + _LENGTH_BYTES + int.from_bytes(data[at : at + _LENGTH_BYTES], "big")
        entries.append(data[at + _LENGTH_BYTES : end])
        at = end
    return entries if at == len(data) and len(entries) == width else None


def hashes_in(data: bytes, *, width: int) -> Sequence[bytes] | None:
    """Return the hashes of a tile; ``None`` if it does not hold exactly ``width``."""
    if len(data) != width * HASH_BYTES:
        return None
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]
