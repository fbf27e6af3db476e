"""The pictures of a letterhead, as files that the printer of letters reads."""

from __future__ import annotations

import hashlib
from pathlib import Path

_SIGNATURES = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"))
_PROBE = b"#set page(width: 10mm, height: 10mm)\n#image(sys.inputs.image, width: 10mm)"
_COARSE = 10


class Pictures:
    """A folder of pictures under their digests; one that cannot be drawn has no name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: dict[str, str | None] = {}

    def name_of(self, content: bytes | None) -> str | None:
        """The name of its file in the folder; None for no picture, or one that is damaged."""
        if not content:
            return None
        digest = hashlib.sha256(content).hexdigest()
        if digest not in self._names:
            self._names[digest] = self._kept(digest, content)
        return self._names[digest]

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
