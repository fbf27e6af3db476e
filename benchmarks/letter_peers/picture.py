"""A picture such as a logo is: a few colours, in bands."""

from __future__ import annotations

import struct
import zlib

_COLOURS = (b"\x17\x59\x4a", b"\xff\xff\xff", b"\xd9\xa4\x41")


def striped(width: int, height: int) -> bytes:
    """A PNG with bands of three colours."""
    line = b"\x00" + b"".join(_COLOURS[at * 6 // width % 3] for at in range(width))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(line * height)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_part(name, content) for name, content in parts)


def _part(name: bytes, content: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + checksum
