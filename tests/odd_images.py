"""Files as cameras, phones, programs and attackers make them. All are generated; none is a child's.

`SECRETS` are in the metadata of every camera file here and may be in nothing that is served.
"""

import functools
import io
import struct
import zipfile
import zlib

import pillow_heif
from PIL import ExifTags, Image, ImageCms

NAME, SERIAL = "Ada Secret-Child", "SERIAL-47110815"
LATITUDE, LONGITUDE = (52, 30, 47110815), (13, 22, 8154711)
GPS = [struct.pack(order + "I", number) for order in "<>" for number in (47110815, 8154711)]
SECRETS = [NAME.encode(), SERIAL.encode(), *GPS]
RED, GREEN, BLUE, WHITE = (220, 40, 40), (40, 200, 60), (40, 60, 220), (250, 250, 250)
CORNERS = (RED, GREEN, BLUE, WHITE)  # top left, top right, bottom left, bottom right

XMP = (
    '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    f'<rdf:Description exif:GPSLatitude="52,30.47110815N" aux:SerialNumber="{SERIAL}" '
    f'dc:creator="{NAME}"/></x:xmpmeta><?xpacket end="w"?>'
).encode()
IPTC = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x20\x1c\x02\x50\x00\x10" + NAME.encode()


def corners(width: int = 600, height: int = 400, mode: str = "RGB") -> Image.Image:
    """A quarter of the picture in each colour, so that every way to turn it differs."""
    image = Image.new("RGB", (width, height))
    halves = (width // 2, height // 2)
    for number, colour in enumerate(CORNERS):
        place = (number % 2 * halves[0], number // 2 * halves[1])
        image.paste(colour, (*place, place[0] + width - halves[0], place[1] + height - halves[1]))
    return image.convert(mode)


def exif(orientation: int = 1) -> bytes:
    """With place, owner, serial numbers, a maker's note and a thumbnail's worth of text."""
    facts = Image.Exif()
    facts[ExifTags.Base.Orientation] = orientation
    facts[ExifTags.Base.Artist] = NAME
    facts[ExifTags.Base.Make] = "Example"
    facts[ExifTags.Base.XPComment] = NAME.encode("utf-16-le")
    details = facts.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.BodySerialNumber] = SERIAL
    details[ExifTags.Base.CameraOwnerName] = NAME
    details[ExifTags.Base.MakerNote] = b"Nikon\x00\x02\x10\x00\x00MM\x00*" + SERIAL.encode() * 20
    details[ExifTags.Base.UserComment] = b"ASCII\x00\x00\x00" + NAME.encode()
    place = facts.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLongitudeRef] = "N", "E"
    place[ExifTags.GPS.GPSLatitude] = LATITUDE
    place[ExifTags.GPS.GPSLongitude] = LONGITUDE
    return facts.tobytes()


def jpeg(image: Image.Image | None = None, *, orientation: int = 1, **options: object) -> bytes:
    """A camera's file: EXIF with GPS, XMP, IPTC, a comment."""
    out = io.BytesIO()
    given = {"quality": 92, "comment": NAME.encode(), "exif": exif(orientation), "xmp": XMP}
    (image or corners()).save(out, "JPEG", **{**given, **options})
    return with_segment(out.getvalue(), 0xED, IPTC)


def with_segment(data: bytes, marker: int, content: bytes) -> bytes:
    """After the start of a JPEG."""
    return data[:2] + struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content + data[2:]


def png(image: Image.Image | None = None, **options: object) -> bytes:
    out = io.BytesIO()
    (image or corners()).save(out, "PNG", **{"exif": exif(), **options})
    return with_chunk(out.getvalue(), b"tEXt", b"Author\x00" + NAME.encode())


def heic(image: Image.Image | None = None, **options: object) -> bytes:
    return _usual_heic() if image is None and not options else _heic(image or corners(), **options)


@functools.cache
def _usual_heic() -> bytes:
    """Once: its encoder is the slowest of all."""
    return _heic(corners())


def _heic(image: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    options = {"exif": exif(), "xmp": XMP, "quality": 80, **options}
    pillow_heif.from_pillow(image).save(out, **options)
    return out.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    crc = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + crc


def with_chunk(data: bytes, name: bytes, content: bytes) -> bytes:
    """Behind the header of a PNG."""
    return data[:33] + chunk(name, content) + data[33:]


def bare_png(width: int, height: int, pixels: bytes, *, interlaced: int = 0) -> bytes:
    """That says of itself what you like."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, interlaced)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(pixels, 9)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def frame_of(data: bytes) -> int:
    """Where the frame header's content of a JPEG starts."""
    for marker in (b"\xff\xc0\x00\x11", b"\xff\xc2\x00\x11", b"\xff\xc0\x00\x14"):
        if marker in data:
            return data.index(marker) + 4
    raise AssertionError


def with_frame(data: bytes, *, depth: int = 8, size: tuple[int, int] | None = None) -> bytes:
    """The same JPEG with another claim on its depth and size."""
    at = frame_of(data)
    width, height = size or struct.unpack(">HH", data[at + 1 : at + 5])[::-1]
    return data[:at] + struct.pack(">BHH", depth, height, width) + data[at + 5 :]


def many_scans(count: int) -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    data = jpeg(progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last * count + data[-2:]


def archive() -> bytes:
    """With nothing in it that would be noticed by itself."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as files:
        files.writestr("Program.class", b"\xca\xfe\xba\xbe")
    return out.getvalue()


def animation(kind: str) -> bytes:
    out = io.BytesIO()
    first, second = corners(), corners().rotate(180)
    first.save(out, kind, save_all=True, append_images=[second])
    return out.getvalue()


def tiff_of_cmyk_with_16_bits() -> bytes:
    tags = ((256, 1), (257, 1), (258, 16), (259, 1), (262, 5), (273, 8), (277, 4), (279, 8))
    rows = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return b"II*\x00" + struct.pack("<IQH", 16, 0, len(tags)) + rows + bytes(4)


def cmyk_with_12_bits() -> bytes:
    return with_frame(jpeg(corners(mode="CMYK")), depth=12)


def large_heic() -> bytes:
    """Its header says 30,000 x 30,000."""
    data = heic()
    at = data.index(b"ispe") + 8
    return data[:at] + struct.pack(">II", 30_000, 30_000) + data[at + 8 :]


def in_exchanged_colours(image: Image.Image) -> tuple[Image.Image, bytes]:
    """The same colours to the eye, with a profile in which red and green have changed places.

    Whoever ignores it sees them exchanged, and whoever believes its name, which is sRGB.
    """
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack_from(">I", profile, 128)[0]
    rows = {bytes(profile[132 + 12 * n : 136 + 12 * n]): 132 + 12 * n for n in range(count)}
    red, green = rows[b"rXYZ"], rows[b"gXYZ"]
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    bands = image.split()
    return Image.merge("RGB", (bands[1], bands[0], bands[2])), bytes(profile)
