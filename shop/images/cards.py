"""A card with a QR code, photographed before each child."""

import zxingcpp

QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
SMALLEST_SHARE = 0.08  # of the shorter side: a sticker far away in a portrait is no card


def text_on(pixels: bytes, width: int, height: int) -> str | None:
    """What the one large QR code in this picture of greys says; None if there is none, or two."""
    found = zxingcpp.read_barcodes(
        memoryview(pixels).cast("B", (height, width)),
        formats=QR,
        try_rotate=False,  # A QR code is found in any direction.
        try_invert=False,
    )
    texts = {code.text for code in found if _is_large(code, min(width, height))}
    return texts.pop() if len(texts) == 1 else None


def _is_large(code: zxingcpp.Barcode, shorter_side: int) -> bool:
    corners = code.position.top_left, code.position.bottom_right
    across = max(abs(corners[0].x - corners[1].x), abs(corners[0].y - corners[1].y))
    return bool(across >= SMALLEST_SHARE * shorter_side)
