#!/usr/bin/env python3
"""Check the log of a book without muster: `python3 check_log.py DIR PUBLIC_KEY [--since OLD_CHECKPOINT]`.

DIR holds `checkpoint` and `tile/`, see docs/log.md. PUBLIC_KEY is `name+id+base64`, or a file with it, had from whoever keeps
the book and not from where DIR came. OLD_CHECKPOINT is a checkpoint kept from earlier; there may be several. Needs Python 3.11
and nothing else, shares no code with muster, and works everything out again: signature, leaves, tiles, root, and what the log
was at each old checkpoint; then of every body that it is written in the one way, has an id of its own, moves more than nothing
from one place to another (so nothing appears or vanishes), and hangs on its recorder's chain. Exit status: 0 all is well,
1 something is wrong. It shows that nothing was changed since, never that it was true."""

# fmt: off
# ruff: noqa: E401, E501, E701, I001
import argparse, base64, hashlib, json, re, sys
from collections import defaultdict
from pathlib import Path

TIME, wrong = re.compile(rb"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-6]\d\.\d{3}Z"), []

def check(fine, what):
    wrong.extend([] if fine else [what])
    return fine

def sha256(data): return hashlib.sha256(data).digest()

# Ed25519 (RFC 8032). Points of the curve are (X, Y, Z, T) with x = X/Z, y = Y/Z, x·y = T/Z.
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT_OF_MINUS_1 = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)

def added(p, q):
    a, b, c, d = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0]), 2 * p[3] * q[3] * D, 2 * p[2] * q[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P

def times(n, p):
    q = (0, 1, 1, 0)
    while n:
        q, p, n = added(q, p) if n & 1 else q, added(p, p), n >> 1
    return q

def point(data):  # that 32 bytes stand for, or None
    y, sign = int.from_bytes(data, "little") & (1 << 255) - 1, data[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * ROOT_OF_MINUS_1 % P
    if y >= P or (x * x - square) % P or (x == 0 and sign): return None
    x = x if x & 1 == sign else P - x
    return x, y, 1, x * y % P

BASE = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))

def signed(key, signature, text):
    """Return whether the key made this signature of the text."""
    a, r = (point(each) if len(each) == 32 else None for each in (key, signature[:32]))
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or len(signature) != 64 or s >= ORDER: return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + text).digest(), "little") % ORDER
    p, q = times(s, BASE), added(r, times(h, a))
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0

def decoded(text):
    """Return the bytes of base64 that is written in the one way."""
    if base64.b64encode(data := base64.b64decode(text, validate=True)).decode() != text: raise ValueError(f"{text} is no base64")
    return data

def checkpoint(path, name, key_id, key):
    """Return origin, size and root of a checkpoint that the key has signed, or None."""
    try:
        text, gap, below = path.read_bytes().decode().rpartition("\n\n")
        origin, size, root, *more = text.split("\n")
        lines = [line.split(" ") for line in below.removesuffix("\n").split("\n")]
        made = [decoded(encoded) for dash, who, encoded in lines if dash == "—" and who == name]
        fine = gap and below.endswith("\n") and all([origin, *more]) and all(len(line) == 3 and line[0] == "—" for line in lines)
        if not fine or not re.fullmatch("0|[1-9][0-9]{0,18}", size) or len(decoded(root)) != 32: raise ValueError("another form")
        own = [each[4:] for each in made if each[:4] == key_id][:1]
        if check(own, f"{path} is not signed by {name}") and check(
                signed(key, own[0], f"{text}\n".encode()), f"{path}: the signature of {name} does not hold"):
            return origin, int(size), decoded(root)
    except (OSError, ValueError) as error:
        check(False, f"{path} cannot be read as a checkpoint: {error}")
    return None

peaks, upper = [], defaultdict(list)  # (leaves, hash) of the complete subtrees; level of tile -> hashes over 256**level leaves

def grow(leaf):
    """Add a leaf to the tree (RFC 6962)."""
    size, node = 1, leaf
    while peaks and peaks[-1][0] == size:
        node, size = sha256(b"\x01" + peaks.pop()[1] + node), size * 2
        if (size.bit_length() - 1) % 8 == 0:
            upper[(size.bit_length() - 1) // 8].append(node)
    peaks.append((size, node))

def root():  # of the tree so far
    node = peaks[-1][1] if peaks else sha256(b"")
    for _, left in peaks[-2::-1]: node = sha256(b"\x01" + left + node)
    return node

def tile(folder, kind, index, width):
    """Return path and content of a file of the log (C2SP tlog-tiles); the content is None if the file is missing."""
    digits = f"{index:0{-(-len(str(index)) // 3) * 3}}"
    parts = [f"x{digits[at : at + 3]}" for at in range(0, len(digits), 3)]
    name = f"tile/{kind}/{'/'.join([*parts[:-1], parts[-1][1:]])}" + (f".p/{width}" if width < 256 else "")
    there = check((folder / name).is_file(), f"{name} is missing")
    return name, (folder / name).read_bytes() if there else None

def entries_of(data):  # each stands behind its length
    at = 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        yield data[at + 2 : end]
        at = end

# Read so that only what is written in the one way comes out again as it went in: names sorted, fractions and large numbers as text.
def in_order(pairs): return dict(sorted(pairs, key=lambda pair: pair[0].encode("utf-16-be")))
def whole(text): return int(text) if len(text) < 18 and abs(int(text)) < 2**53 else text
READ = {"object_pairs_hook": in_order, "parse_int": whole, "parse_float": str, "parse_constant": str}
ids, links, moved = set(), [], 0
chains = defaultdict(lambda: defaultdict(list))  # recorder -> n -> digests of the bodies, one if all is well

def look(number, entry):
    """Check what an entry says."""
    global moved
    check(TIME.fullmatch(entry[-24:]), f"entry {number} has no time of record")
    body = entry[:-24]
    try:
        event = json.loads(body.decode(), **READ)
        check(json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode() == body, f"entry {number} is not written in the one way (RFC 8785)")
        recorder, n, moves = event["recorder"], event["n"], event.get("moves", [])
        for move in moves:
            fine = type(move["quantity"]) is int and move["quantity"] > 0 and move["resource"]
            check(fine and move["from"] and move["to"] and move["from"] != move["to"], f"entry {number} has a move that is not of more than nothing from one place to another")
        check(event["id"] not in ids, f"entry {number} has the id of an earlier one, {event['id']}")
        check(type(n) is int and n not in chains[recorder], f"entry {number}: {recorder}'s chain forks at {n}; was a device cloned?")
        ids.add(event["id"])
        chains[recorder][n].append(sha256(body).hex())
        links.extend([(number, recorder, n, event["previous"])] if "previous" in event else [])
        moved += len(moves)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        check(False, f"entry {number} is not an event in canonical JSON: {error!r}")

def walk(folder, size, sizes):
    """Grow the tree from the entries, compare every file with it, and return the roots at the sizes asked for."""
    roots, files = {0: root()}, {}
    for index in range(-(-size // 256)):
        width = min(256, size - index * 256)
        (bundle, data), (name, hashes) = tile(folder, "entries", index, width), tile(folder, "0", index, width)
        entries = list(entries_of(data or b""))
        files |= {each.partition(".p/")[0]: each for each in (bundle, name)}
        same = b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries) == (data or b"")
        check(data is None or (same and len(entries) == width), f"{bundle} does not hold {width} whole entries")
        check(hashes is None or len(hashes) == 32 * width, f"{name} holds {len(hashes or b'')} bytes, not {32 * width}")
        for at, entry in enumerate(entries):
            leaf, number = sha256(b"\x00" + entry), index * 256 + at + 1
            check(hashes is None or leaf == hashes[32 * at : 32 * at + 32], f"entry {number} does not have the hash that {name} says")
            look(number, entry)
            grow(leaf)
            roots |= {number: root()} if number in sizes else {}
    for level, nodes in sorted(upper.items()):
        for index in range(-(-len(nodes) // 256)):
            made = b"".join(nodes[256 * index : 256 * index + 256])
            name, hashes = tile(folder, str(level), index, len(made) // 32)
            files[name.partition(".p/")[0]] = name
            check(hashes in (None, made), f"{name} does not follow from the entries below it")
    for path in sorted(each for each in folder.glob("tile/**/*") if each.is_file()):  # partial files may stay when they have grown
        name = path.relative_to(folder).as_posix()
        now = files.get(name.partition(".p/")[0])
        part = now and ".p/" in name and (folder / now).is_file() and (folder / now).read_bytes().startswith(path.read_bytes())
        check(name == now or part, f"{name} is no part of this log")
    return roots

def main():
    asked = argparse.ArgumentParser(description="Check the log of a book without muster; see docs/log.md.")
    asked.add_argument("folder", metavar="DIR", type=Path, help="holds checkpoint and tile/")
    asked.add_argument("key", metavar="PUBLIC_KEY", help="name+id+base64, or a file with it")
    asked.add_argument("--since", metavar="OLD_CHECKPOINT", type=Path, action="append", default=[], help="a checkpoint kept from earlier")
    given = asked.parse_args()
    text = Path(given.key).read_text("utf-8").strip() if Path(given.key).is_file() else given.key
    name, key_id, encoded = [*text.split("+", 2), "", ""][:3]
    try: key = decoded(encoded)
    except ValueError: key = b""
    if key[:1] != b"\x01" or sha256(f"{name}\n".encode() + key)[:4].hex() != key_id:
        asked.error("PUBLIC_KEY is not name+id+base64 of an Ed25519 key")
    head, *older = [checkpoint(path, name, bytes.fromhex(key_id), key[1:]) for path in (given.folder / "checkpoint", *given.since)]
    if head:
        origin, size, signed_root = head
        roots = walk(given.folder, size, {old[1] for old in older if old})
        check(root() == signed_root, f"the entries come to the root {root().hex()}; signed is {signed_root.hex()}")
        for number, recorder, n, previous in links:
            check(n > 1 and previous in chains[recorder].get(n - 1, [previous]), f"entry {number}: {recorder}'s event {n - 1} is not the one that stood before it")
        for path, old in [(path, old) for path, old in zip(given.since, older, strict=True) if old]:
            if check(old[0] == origin, f"{path} is of another log, {old[0]}") and check(old[1] <= size, f"the log has {size} entries; it had {old[1]} at {path}"):
                check(roots.get(old[1]) == old[2], f"the first {old[1]} entries are not what they were at {path}")
        print(f"{origin}: {size} entries, root {signed_root.hex()}, signed by {name}+{key_id}")
        print(f"moves: {moved}; recorders: {len(chains)}, links in their chains: {len(links)}; older checkpoints: {sum(map(bool, older))}")
    print("\n".join([f"WRONG: {what}" for what in wrong[:100]] + [f"and {len(wrong) - 100} more"] * (len(wrong) > 100) or ["all is well"]))
    sys.exit(1 if wrong else 0)

if __name__ == "__main__": main()
