"""The pictures of a letterhead, as files that the printer of letters reads."""

from __future__ import annotations

import hashlib
from pathlib import Path

_SIGNATURES = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"))
_PROBE = b"#set page(width: 10mm, height: 10mm)\n#image(sys.inputs.image, width: 10mm)"
_COARSE = 10
# Known by their bytes: what is kept in memory stays small.
_MOST = 32


class Pictures:
    """A folder of pictures under their digests; one that cannot be drawn has no name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: dict[bytes, str | None] = {}

    def name_of(self, content: bytes | None) -> str | None:
        """The name of its file in the folder; None for no picture, or one that is damaged."""
        if not content:
            return None
        known = self._names.get(content, "")
        if known == "" or (known and not (self._folder / known).exists()):
            if len(self._names) >= _MOST:
                self._names.clear()
            known = self._names[content] = self._kept(hashlib.sha256(content).hexdigest(), content)
        return known

    def _kept(self, digest: str, content: bytes) -> str | None:
        extension = next((ext for start, ext in _SIGNATURES if content.startswith(start)), None)
        if extension is None:
            return None
        path = self._folder / f"{digest}.{extension}"
        path.write_bytes(content)
        if self._is_drawn(path.name):
            return path.name
        path.unlink()
        return None

    def _is_drawn(self, name: str) -> bool:
        import typst

        try:
            typst.Compiler(_PROBE, root=self._folder, ignore_system_fonts=True).compile(
                format="png",
                ppi=_COARSE,
                sys_inputs={"image": f"/{name}"},
            )
        except typst.TypstError:
            return False
        return True
