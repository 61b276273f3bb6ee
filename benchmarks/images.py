"""A photo of 24 megapixels to a thumbnail and a marked preview, against the tools of a shell.

All of it on one core, in processor time: what else the machine does then counts little. The tools
take turns with ours on the same file. They may be absent (Debian: libvips-tools, imagemagick).
"""

import logging
import os
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pyvips

from benchmarks.report import Figure
from shop import images
from shop.images import children, limits, pipeline, watermarks

WIDTH, HEIGHT, QUALITY = 6000, 4000, 92
ROUNDS, FILES = 3, 3
NAME = "Studio Example"
LEAST_SHARE, MOST_MEBIBYTES = 0.7, 250
WEBP = f"[Q={pipeline.WEBP['Q']},effort={pipeline.WEBP['effort']},strip]"
JPEG = f"[Q={pipeline.JPEG['Q']},optimize_coding,interlace,strip]"
logging.getLogger("pyvips").setLevel(logging.WARNING)
TICKS = os.sysconf("SC_CLK_TCK")


def images_speed() -> list[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = _photo(folder)
        marks = _marks(folder)
        ways = {"ours": lambda: _ours(source, folder)}
        if shutil.which("vipsthumbnail") and shutil.which("vips"):
            ways["tools"] = lambda: _tools(source, folder, marks, both=False)
            ways["tools, four files"] = lambda: _tools(source, folder, marks, both=True)
        if magick := _magick():
            ways["magick"] = lambda: _shell([*magick, *_magick_words(source, folder, marks)])
        seconds = _in_turns(ways)
        return list(_figures(source, seconds))


def _figures(source: Path, seconds: dict[str, float]) -> Iterator[Figure]:
    size = source.stat().st_size / 10**6
    yield Figure(f"ours, four files, from a JPEG of {size:.1f} MB", seconds["ours"] * 1000, "ms")
    yield Figure("the same", 1 / seconds["ours"], "photos/s and core")
    if "tools" in seconds:
        yield Figure("vipsthumbnail and vips, two files (WebP)", seconds["tools"] * 1000, "ms")
        share = seconds["tools"] / seconds["ours"]
        yield Figure("ours, four files : tools, two files", share, "", at_least=LEAST_SHARE)
        share = seconds["tools, four files"] / seconds["ours"]
        yield Figure("ours : tools, four files each", share, "")
    else:
        print("Without vipsthumbnail and vips there is no ratio: install libvips-tools.")
    if "magick" in seconds:
        yield Figure("ImageMagick, two files", seconds["magick"] * 1000, "ms")
    else:
        print("ImageMagick is not installed: no figure of it.")
    yield Figure("of ours, the fallbacks in JPEG", _fallbacks(source) * 1000, "ms")
    yield Figure("peak memory of the child", _peak(), "MiB", at_most=MOST_MEBIBYTES)


def _photo(folder: Path) -> Path:
    """Soft shapes, fine structure and the noise of a sensor: about as many bytes as a camera's."""
    soft = pyvips.Image.perlin(WIDTH, HEIGHT, cell_size=512, seed=1).linear(60, 128)
    fine = pyvips.Image.perlin(WIDTH, HEIGHT, cell_size=48, seed=2).linear(25, 0)
    bands = [
        (soft + fine * share + pyvips.Image.gaussnoise(WIDTH, HEIGHT, sigma=5, mean=mean, seed=n))
        for n, (share, mean) in enumerate(((1.0, 0), (0.8, -10), (0.6, 10)))
    ]
    photo = bands[0].bandjoin(bands[1:]).cast("uchar").copy(interpretation="srgb")
    path = folder / "photo.jpg"
    path.write_bytes(photo.jpegsave_buffer(Q=QUALITY, subsample_mode="off"))
    return path


def _marks(folder: Path) -> list[Path]:
    """Our watermark, ready for the tools: how much of it, and which grey; and both in one file."""
    share, grey = watermarks.pattern(NAME, limits.PREVIEW)
    high = round(limits.PREVIEW * HEIGHT / WIDTH)
    share, grey = (layer.crop(0, 0, limits.PREVIEW, high) for layer in (share, grey))
    both = grey.bandjoin([grey, grey, share]).copy(interpretation="srgb")
    paths = [folder / name for name in ("share.v", "grey.v", "both.png")]
    for layer, path in zip((share, grey, both), paths, strict=True):
        layer.write_to_file(str(path))
    return paths


def _in_turns(ways: dict[str, Callable[[], float]]) -> dict[str, float]:
    """Seconds of the processor for one photo, the median of the rounds; the first warms up."""
    rounds: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(ROUNDS + 1):
        for name, way in ways.items():
            taken = sum(way() for _file in range(FILES)) / FILES
            if number:
                rounds[name].append(taken)
    return {name: median(taken) for name, taken in rounds.items()}


def _ours(source: Path, folder: Path) -> float:
    """With what the parent spends on it."""
    child = children.spare()
    children.keep(child)
    before = _spent(child.pid) + time.process_time()
    images.make(source, folder, watermark=NAME)
    return _spent(child.pid) + time.process_time() - before


def _spent(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _tools(source: Path, folder: Path, marks: list[Path], *, both: bool) -> float:
    """The shortest way we found: decode once, keep the pixels, mark and save from there."""
    base, marked, small = (str(folder / name) for name in ("base.v", "marked.v", "small.v"))
    side, tiny = (f"{pixels}x{pixels}>" for pixels in (limits.PREVIEW, limits.THUMBNAIL))
    preview, thumbnail = str(folder / "preview"), str(folder / "thumbnail")
    blend = ["vips", "ifthenelse", str(marks[0]), str(marks[1]), base]
    steps = [["vipsthumbnail", str(source), "-s", side, "-o", base]]
    if both:
        steps += [
            [*blend, marked, "--blend"],
            ["vips", "copy", marked, f"{preview}.webp{WEBP}"],
            ["vips", "copy", marked, f"{preview}.jpg{JPEG}"],
            ["vipsthumbnail", base, "-s", tiny, "-o", small],
            ["vips", "copy", small, f"{thumbnail}.webp{WEBP}"],
            ["vips", "copy", small, f"{thumbnail}.jpg{JPEG}"],
        ]
    else:
        steps += [
            [*blend, f"{preview}.webp{WEBP}", "--blend"],
            ["vipsthumbnail", base, "-s", tiny, "-o", f"{thumbnail}.webp{WEBP}"],
        ]
    return sum(map(_shell, steps))


def _magick() -> list[str] | None:
    for program in ("magick", "convert"):
        if shutil.which(program):
            said = subprocess.run(
                [program, "-version"], capture_output=True, text=True, check=False
            )
            if said.stdout.startswith("Version: ImageMagick"):
                return [program]
    return None


def _magick_words(source: Path, folder: Path, marks: list[Path]) -> list[str]:
    hint = f"jpeg:size={2 * limits.PREVIEW}x{2 * limits.PREVIEW}"
    how = ["-quality", str(pipeline.WEBP["Q"]), "-define", "webp:method=1"]
    return [
        *("-limit", "thread", "1", "-define", hint, str(source), "-auto-orient", "-strip"),
        *("-resize", f"{limits.PREVIEW}x{limits.PREVIEW}>", *how),
        *("(", "+clone", str(marks[2]), "-composite"),
        *("-write", str(folder / "preview.webp"), "+delete", ")"),
        *("-resize", f"{limits.THUMBNAIL}x{limits.THUMBNAIL}>", str(folder / "thumbnail.webp")),
    ]


def _shell(words: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    one_core = {**os.environ, "VIPS_CONCURRENCY": "1"}
    subprocess.run(words, env=one_core, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _fallbacks(source: Path) -> float:
    """In this process: what saving the two JPEG files takes."""
    preview = pyvips.Image.jpegload_source(pyvips.Source.new_from_file(str(source)), shrink=2)
    sizes = [
        preview.thumbnail_image(side, height=side).copy_memory()
        for side in (limits.PREVIEW, limits.THUMBNAIL)
    ]
    before = time.process_time()
    for image in sizes * FILES:
        image.jpegsave_buffer(keep="none", **pipeline.JPEG)
    return (time.process_time() - before) / FILES


def _peak() -> float:
    """The kernel's high-water mark of the child that made all photos."""
    child = children.spare()
    status = Path(f"/proc/{child.pid}/status").read_text()
    children.keep(child)
    return int(status.split("VmHWM:")[1].split()[0]) / 1024
