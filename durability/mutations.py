"""Ways to damage a checkpoint that keep most of its form, so that the reader gets far into it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import random
import re
from collections.abc import Iterator
from typing import Any

__all__ = ["mutate"]

SUM = re.compile(rb'(\\"sha256\\":\\")([0-9a-f]{64})')
NUMBERS = [
    "0", "-1", "1", "3", "-0", "1.0", "1e3", "true", "null", "NaN", "-Infinity", "1e999", "01",
    str(2**31), str(2**32), str(2**53 + 1), str(2**63 - 1), str(2**63), str(2**64), str(2**128),
    "9" * 19, "9" * 20, "9" * 641, "9" * 5000, '"1"', "[]", "{}", "[0]", "[" * 300 + "]" * 300,
]  # fmt: skip
TEXTS = [
    '""', '".."', '"../../etc/passwd"', '"/"', '"a/b"', '"\\u0000"', '"\\n"', '"\\u001b[2J"',
    '"\\ud800"', '"\\x41"', '"__metadata__"', '"__class__"', '"$array:model"', '"$text:"',
    '"$float:7ff0000000000000"', '"$float:0"', '"$eval:1"', '"' + "n" * 10_000 + '"', "'a'", '"',
    '"\\u202e\\u2066"', '"\\u009b31m"', '"\\u007f"', '"C:\\\\x"', '"%s{0}"',
]  # fmt: skip
DTYPES = ["BOOL", "U8", "I8", "F16", "BF16", "F8_E4M3", "F32", "F64", "I64", "C64", "f32", "", "O"]


def mutate(good: bytes, rng: random.Random) -> bytes:
    """One damaged version of a file: one to three changes, in most of them with a sum that fits."""
    length = int.from_bytes(good[:8], "little")
    header, payload = good[8 : 8 + length].rstrip(b" "), good[8 + length :]
    if rng.random() < 0.15:
        return scrambled(good, rng)
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        change = rng.choice(CHANGES)
        header, payload = change(header, payload, rng)
    if rng.random() < 0.8:
        header += b" " * (-len(header) % 8)
    start = len(header).to_bytes(8, "little")
    if rng.random() < 0.05:
        start = rng.choice([0, 1, len(header) - 1, len(header) + 1, 10**8, 2**63, 2**64 - 1])
        start = start.to_bytes(8, "little")
    return sealed(start + header + payload) if rng.random() < 0.85 else start + header + payload


def sealed(data: bytes) -> bytes:
    """The file with the sum that belongs to it."""
    found = SUM.search(data)
    if found is None:
        return data
    place = slice(*found.span(2))
    zeroed = data[: place.start] + b"0" * 64 + data[place.stop :]
    digest = hashlib.sha256(zeroed).hexdigest().encode()
    return data[: place.start] + digest + data[place.stop :]


def scrambled(data: bytes, rng: random.Random) -> bytes:
    """Bytes changed, lost, doubled or moved anywhere."""
    a, b = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    return rng.choice(
        [
            data[:a],
            data[:a] + data[b:],
            data[:b] + data[a:],
            data[:a] + rng.randbytes(min(b - a, 16)) + data[b:],
            data[:a] + rng.randbytes(1) + data[a + 1 :],
            data + data[a:b],
            data[:a] + bytes(b - a) + data[b:],
        ]
    )


def on_text(header: bytes, payload: bytes, rng: random.Random) -> tuple[bytes, bytes]:
    """Change the JSON text in the metadata."""
    found = re.search(rb'"vhgrad":("(?:[^"\\]|\\.)*")', header)
    if found is None:
        return header, payload
    try:
        text = json.loads(found[1])
    except ValueError:
        return header, payload
    text = (changed_json if rng.random() < 0.5 else changed_tree)(text, rng)
    escaped = json.dumps(text, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")
    return header[: found.start(1)] + escaped + header[found.end(1) :], payload


def on_header(header: bytes, payload: bytes, rng: random.Random) -> tuple[bytes, bytes]:
    """Change the JSON of the header."""
    change = changed_json if rng.random() < 0.7 else changed_tree
    text = change(header.decode("utf-8", "replace"), rng)
    return text.encode("utf-8", "surrogatepass"), payload


def changed_json(text: str, rng: random.Random) -> str:
    """Replace, double or drop one number, text or bracket of a JSON text."""
    tokens = list(re.finditer(r'"(?:[^"\\]|\\.)*"|-?[0-9][0-9.e+-]*|[\[\]{},:]|[a-zA-Z]+', text))
    if not tokens:
        return text
    token = rng.choice(tokens)
    other = rng.choice(tokens)[0]
    kind = token[0][0]
    if kind == '"' and rng.random() < 0.6:
        new = rng.choice(TEXTS)
    elif kind.isdigit() or kind == "-":
        new = rng.choice(NUMBERS)
    else:
        new = rng.choice(["", token[0] * 2, other, "[", "]", "{", "}", ",", ":", " ", "\n", "\0"])
    if rng.random() < 0.02:
        new = "[" * 100_000
    return text[: token.start()] + new + text[token.end() :]


def changed_tree(text: str, rng: random.Random) -> str:
    """Change a JSON text and leave it one: a member lost, added, renamed, moved or replaced."""
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        return text
    places = list(members(tree))
    if not places:
        return text
    (holder, key), (other, name) = rng.choice(places), rng.choice(places)
    value = other[name]
    match rng.randrange(6):
        case 0:
            del holder[key]
        case 1:
            holder[key] = rng.choice(
                [None, True, -1, 1.5, 2**70, "", "x", [], {}, [[]], {"$floats": "7f "}]
            )
        case 2 if isinstance(holder, dict):
            holder[json.loads(rng.choice(TEXTS[:8]))] = holder[key]  # one more
        case 3 if isinstance(holder, dict):
            holder[f"{key}x"] = holder.pop(key)
        case 4:
            holder[key] = json.loads(json.dumps(value))
        case _:
            holder[key], other[name] = [holder[key]], {"$tuple": value}
    with contextlib.suppress(ValueError):  # within itself
        return json.dumps(tree, separators=(",", ":"))
    return text


def members(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a JSON document, as what holds it and its name or number there."""
    keys = tree if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    for key in keys:
        yield tree, key
        yield from members(tree[key])


def on_tensor(header: bytes, payload: bytes, rng: random.Random) -> tuple[bytes, bytes]:
    """Change what the header says of one tensor, or leave it out, or say it twice."""
    pattern = rb'"([^"]*)":\{"dtype":"(\w*)","shape":\[([^\]]*)\],"data_offsets":\[([^\]]*)\]\},?'
    found = list(re.finditer(pattern, header))
    if not found:
        return header, payload
    one, other = rng.choice(found), rng.choice(found)
    name, dtype, shape, offsets = (part.decode() for part in one.groups())
    sizes: list[Any] = shape.split(",") if shape else []
    match rng.randrange(8):
        case 0:
            dtype = rng.choice(DTYPES)
        case 1:
            sizes = [*sizes, rng.choice(NUMBERS)]
        case 2:
            sizes = [rng.choice(NUMBERS) for _ in sizes] or ["1"] * rng.choice([1, 64, 65, 1000])
        case 3:
            sizes = rng.sample(sizes, len(sizes))
        case 4:
            begin, end = (*offsets.split(","), "0", "0")[:2]
            offsets = rng.choice([f"{end},{begin}", f"{begin},{rng.choice(NUMBERS)}", begin, "0,0"])
        case 5:
            offsets = other[4].decode()
        case 6:
            return header[: one.start()] + header[one.end() :], payload
        case 7:
            name = rng.choice([other[1].decode(), rng.choice(TEXTS)[1:-1]])
    new = f'"{name}":{{"dtype":"{dtype}","shape":[{",".join(sizes)}],"data_offsets":[{offsets}]}},'
    keep = one.start() if rng.random() < 0.8 else one.end()
    return header[:keep] + new.encode() + header[one.end() :], payload


def on_payload(header: bytes, payload: bytes, rng: random.Random) -> tuple[bytes, bytes]:
    """Change, lose or add bytes of the tensors."""
    at = rng.randrange(len(payload) + 1)
    new = [
        payload[:at],
        payload + rng.randbytes(rng.choice([1, 8, 4096])),
        payload[:at] + rng.randbytes(1) + payload[at + 1 :],
        payload[at:] + payload[:at],
    ]
    return header, rng.choice(new)


CHANGES = [on_text, on_text, on_header, on_header, on_tensor, on_payload]
