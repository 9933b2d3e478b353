"""The check of a whole log from its files and a public key, nothing else: every entry, every tile, root and signature.

Everything is worked out again from the entries. Where entries and tiles disagree, the signed root says which of the two
were changed. Older checkpoints, kept by others, show whether the log still begins with what it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from muster.book import merkle, notes
from muster.book.log_rules import breach
from muster.book.merkle import Tree
from muster.book.notes import Checkpoint, PublicKey
from muster.book.tiles import CHECKPOINT, ENTRIES, TILE_LEVELS, TIME_BYTES, Tile, entries_in, hashes_in, tiles_of
from muster.errors import Fault, LogError

Read = Callable[[str], bytes | None]
"""``read(path)`` → the file's content; ``None`` where there is none."""
Look = Callable[[int, bytes], Iterable[Fault]]
"""``look(number, entry)`` → what is wrong with an entry beyond its hash; numbers begin at 1."""

_EXAMPLES = 5
_Parts = TypeVar("_Parts")
_TIME = re.compile(rb"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-6]\d\.\d{3}Z")
_AGAIN = "get the file again from whoever keeps the log, or from a copy; if it stays so, the log cannot be trusted"


@dataclass(frozen=True)
class LogCheck:
    """What a check of a log found.

    Attributes:
        checkpoint: What was signed; ``None`` where that could not be read or is not signed.
        begins_with: Names of the older checkpoints that hold on.
        faults: Everything that is wrong.
    """

    checkpoint: Checkpoint | None
    begins_with: tuple[str, ...]
    faults: tuple[Fault, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def check_log(
    read: Read,
    keys: Sequence[PublicKey],
    *,
    older: Mapping[str, bytes] | None = None,
    look: Look | None = None,
) -> LogCheck:
    """Check a log from its files.

    Args:
        read: Reads a file of the log by its path.
        keys: Whose signature the checkpoint must carry: one of these.
        older: Checkpoints of the log from earlier times, by a name for messages.
        look: Called for every entry, in order, for what a log by itself cannot know.
    Returns:
        What was signed, what holds, and every fault (L2–L12): nothing is raised.
    """
    try:
        data = read(CHECKPOINT)
        if data is None:
            raise LogError(_missing(CHECKPOINT))
        head = notes.open_checkpoint(data, keys, where=CHECKPOINT)
    except LogError as error:
        return LogCheck(None, (), error.faults)
    walk = _Walk(head, read, look or (lambda number, entry: ()))
    walk.earlier = dict(_of_this_log(older or {}, keys, head, walk.faults))
    for name in [name for name, old in walk.earlier.items() if old.size == 0]:
        walk.judge(name, merkle.EMPTY_ROOT)
    for tile in tiles_of(head.size):
        if tile.level == ENTRIES:
            walk.on(tile)
    walk.weigh()
    for tile in tiles_of(head.size):
        if tile.level > 0 and walk.whole:
            walk.compare(tile)
    return LogCheck(head, tuple(walk.begins_with), tuple(walk.faults))


@dataclass
class _Grown:
    """A tree, and its nodes that stand in tiles above the leaves, by the level of the tile."""

    tree: Tree = field(default_factory=Tree)
    upper: dict[int, list[bytes]] = field(default_factory=dict)

    def by(self, leaves: Sequence[bytes]) -> None:
        """Let it grow."""
        self.tree, nodes = merkle.append(self.tree, leaves)
        for level, _, value in nodes:
            if level and level % TILE_LEVELS == 0:
                self.upper.setdefault(level // TILE_LEVELS, []).append(value)


@dataclass
class _Walk:
    """The way through a log: what its entries come to, and what its tiles say.

    Attributes:
        made, told: What grows from the entries, and what from the tiles of leaf hashes.
        differ: Bundles whose entries do not have the hashes that their tile says, and which entries those are.
        whole: Whether every leaf hash is known so far.
    """

    head: Checkpoint
    read: Read
    look: Look
    earlier: dict[str, Checkpoint] = field(default_factory=dict)
    begins_with: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    made: _Grown = field(default_factory=_Grown)
    told: _Grown = field(default_factory=_Grown)
    differ: list[tuple[Tile, list[int]]] = field(default_factory=list)
    whole: bool = True

    def on(self, tile: Tile) -> None:
        """Go on by one bundle of entries and its tile."""
        entries = self._file(tile, entries_in)
        said = self._file(Tile(0, tile.index, tile.width), hashes_in)
        made = None if entries is None else merkle.leaf_hashes(entries)
        if made and said and made != said:
            pairs = enumerate(zip(made, said, strict=True), tile.start + 1)
            self.differ.append((tile, [number for number, (ours, theirs) in pairs if ours != theirs]))
        self._look_at(tile, entries or ())
        mine, theirs = made or said, said or made
        self.whole = self.whole and mine is not None
        if self.whole and mine and theirs:
            self._remember(tile, mine)
            self.made.by(mine)
            self.told.by(theirs)

    def compare(self, tile: Tile) -> None:
        """Compare a tile above the leaves with what follows from those below it that are as signed, if any are."""
        said = self._file(tile, hashes_in)
        below = self.told if self.told.tree.root() == self.head.root else self.made
        mine = below.upper[tile.level][tile.start : tile.end]
        if said is not None and said != mine:
            at = [tile.start + number for number, pair in enumerate(zip(said, mine, strict=True)) if pair[0] != pair[1]]
            fewest = TILE_LEVELS * tile.level
            seen = f"the hash over entries {(at[0] << fewest) + 1:,} to {at[0] + 1 << fewest:,}"
            what = f"{tile.path} does not follow from the entries below it."
            self.faults.append(breach("L9", what, where=tile.path, seen=f"{seen}{_more(at[1:])}", do=_AGAIN))

    def judge(self, name: str, then: bytes) -> None:
        """Compare an older checkpoint with the root that the log had at its size."""
        if then == self.earlier[name].root:
            self.begins_with.append(name)
        else:
            self.faults.append(_rewritten(name, self.earlier[name], then))

    def weigh(self) -> None:
        """Say, now that every leaf has been seen, which of entries and tiles were changed: the signed root knows."""
        entries_hold = self.whole and self.made.tree.root() == self.head.root
        tiles_hold = self.whole and self.told.tree.root() == self.head.root
        for tile, numbers in self.differ:
            self.faults.append(_differs(tile, numbers, entries_hold=entries_hold, tiles_hold=tiles_hold))
        if self.whole and not entries_hold and not tiles_hold:
            what = "The entries are not those that were signed: they come to another root."
            seen = f"{self.made.tree.root().hex()}; signed over {self.head.size:,} entries: {self.head.root.hex()}"
            do = "trust nothing in it; get the log again, and compare with the copies of others"
            self.faults.append(breach("L10", what, where=CHECKPOINT, seen=seen, do=do))

    def _file(self, tile: Tile, parse: Callable[..., _Parts | None]) -> _Parts | None:
        data = self.read(tile.path)
        if data is None:
            self.faults.append(_missing(tile.path))
            return None
        parts = parse(data, width=tile.width)
        if parts is None:
            what = f"{tile.path} does not hold {tile.width} whole {'entries' if tile.level == ENTRIES else 'hashes'}."
            self.faults.append(breach("L7", what, where=tile.path, seen=f"{len(data):,} bytes", do=_AGAIN))
        return parts

    def _look_at(self, tile: Tile, entries: Iterable[bytes]) -> None:
        untimed = []
        for number, entry in enumerate(entries, tile.start + 1):
            if not _TIME.fullmatch(entry[-TIME_BYTES:]):
                untimed.append(number)
            self.faults.extend(self.look(number, entry))
        if untimed:
            what = f"{_entries(untimed, 'has', 'have')} no time of record at the end."
            do = "ask whoever keeps the log how it was written: no book of muster ends an entry otherwise"
            self.faults.append(breach("L12", what, where=tile.path, seen=_numbers(untimed), do=do))

    def _remember(self, tile: Tile, leaves: Sequence[bytes]) -> None:
        """Compare what the log was at the sizes of older checkpoints within this bundle, before it grows beyond."""
        for name, old in self.earlier.items():
            if tile.start < old.size <= tile.end:
                self.judge(name, merkle.append(self.made.tree, leaves[: old.size - tile.start])[0].root())


def _of_this_log(
    older: Mapping[str, bytes], keys: Sequence[PublicKey], head: Checkpoint, faults: list[Fault]
) -> Iterator[tuple[str, Checkpoint]]:
    """Yield the older checkpoints that can be compared; say of the others why not."""
    for name, data in older.items():
        try:
            old = notes.open_checkpoint(data, keys, where=name)
        except LogError as error:
            faults.extend(error.faults)
            continue
        if old.origin != head.origin:
            what, seen = f"{name} is a checkpoint of another log.", f"{old.origin}; this is {head.origin}"
            faults.append(breach("L11", what, where=name, seen=seen, do="give a checkpoint of this log"))
        elif old.size > head.size:
            what = "The log has lost entries: it was longer before. They were cut off, or an old copy was put back."
            seen = f"{head.size:,} entries; {name} says {old.size:,}"
            faults.append(breach("L11", what, where=name, seen=seen, do="ask whoever keeps the log for all of it"))
        else:
            yield name, old


def _differs(tile: Tile, numbers: list[int], *, entries_hold: bool, tiles_hold: bool) -> Fault:
    hashes = Tile(0, tile.index, tile.width).path
    if entries_hold:
        what = f"{hashes} was changed; the entries are those that were signed."
        return breach("L9", what, where=hashes, seen=f"the hash of {_numbers(numbers)}", do=_AGAIN)
    if tiles_hold:
        what = f"{_entries(numbers, 'was', 'were')} changed after signing."
    else:
        what = f"{_entries(numbers, 'is', 'are')} not what {hashes} says, and neither is what was signed."
    return breach("L8", what, where=tile.path, seen=_numbers(numbers), do=_AGAIN)


def _rewritten(name: str, old: Checkpoint, then: bytes) -> Fault:
    return breach(
        "L11",
        f"The first {old.size:,} entries are not what they were: the log was rewritten, or this is another branch.",
        where=name,
        seen=f"{then.hex()}; it was {old.root.hex()}",
        do="keep both checkpoints: two signatures that contradict each other prove it; show them to the other members",
    )


def _missing(path: str) -> Fault:
    return breach("L6", f"{path} is missing.", where=path, seen="no such file", do=_AGAIN)


def _entries(numbers: Sequence[int], one: str, many: str) -> str:
    return f"Entry {numbers[0]:,} {one}" if len(numbers) == 1 else f"{len(numbers):,} entries {many}"


def _numbers(numbers: Sequence[int]) -> str:
    """Return e.g. ``entries 3, 7 and 2 more``; sequence numbers, from 1 on."""
    shown = ", ".join(f"{number:,}" for number in numbers[:_EXAMPLES])
    return f"{'entry' if len(numbers) == 1 else 'entries'} {shown}{_more(numbers[_EXAMPLES:])}"


def _more(rest: Sequence[int]) -> str:
    return f" and {len(rest):,} more" if rest else ""
