"""What the photographer reads about a file that was not taken: what, why, what to do."""

from django.utils.translation import gettext_lazy as _

from shop.images import limits
from shop.images.reasons import Reason

_SENTENCES = {
    Reason.EMPTY: _(
        "The file is empty (0 bytes). Copy it from the camera’s card again, then upload it."
    ),
    Reason.TOO_MANY_BYTES: _(
        "The file has %(megabytes)s MB; at most %(most_megabytes)s MB are possible. "
        "Export the photo as JPEG and upload that."
    ),
    Reason.OTHER_KIND: _(
        "This is a %(kind)s file, whatever its name says. Only JPEG, PNG and HEIC photos "
        "can be used. Export it as JPEG and upload that."
    ),
    Reason.UNKNOWN_KIND: _(
        "This is not a photo, whatever its name says. "
        "Choose a JPEG, PNG or HEIC file and upload that."
    ),
    Reason.TIFF_OR_RAW: _(
        "This is a TIFF or camera raw file. Only JPEG, PNG and HEIC photos can be used. "
        "Export it as JPEG and upload that."
    ),
    Reason.TRUNCATED: _(
        "The file ends before the photo does: a part is missing. "
        "Copy it from the camera’s card again, then upload it."
    ),
    Reason.BROKEN: _(
        "The photo cannot be read: the file is damaged. "
        "Copy it from the camera’s card again, or open it, save it as JPEG and upload that."
    ),
    Reason.TWO_IN_ONE: _(
        "Another file or a program is hidden in this photo. "
        "Open it, save it as a new JPEG and upload that."
    ),
    Reason.MOVES: _(
        "This is an animation or a series of pictures, not one photo. "
        "Export one picture as JPEG and upload that."
    ),
    Reason.DEPTH: _(
        "This kind of JPEG (with more than 8 bits for each colour, or lossless) cannot be "
        "shown by browsers. Export it as an ordinary JPEG and upload that."
    ),
    Reason.TOO_MANY_PIXELS: _(
        "The photo has %(width)s × %(height)s pixels; at most %(most_megapixels)s megapixels "
        "are possible. Export it smaller and upload that."
    ),
    Reason.TOO_MANY_AT_ONCE: _(
        "The photo has %(width)s × %(height)s pixels; at most %(most_at_once)s megapixels are "
        "possible in this format. Export it as an ordinary JPEG (not progressive) and "
        "upload that."
    ),
    Reason.TOO_MUCH_WORK: _(
        "Reading this photo took too much time or memory and was stopped. "
        "Open it, save it as an ordinary JPEG and upload that."
    ),
}


class Refused(Exception):
    """The file will not do, today or tomorrow. `str()` speaks the language active then."""

    def __init__(self, reason: Reason, **facts: str | int) -> None:
        super().__init__(reason, facts)
        self.reason, self.facts = reason, facts

    def __str__(self) -> str:
        return str(_SENTENCES[self.reason]) % {**_limits(), **self.facts}


def _limits() -> dict[str, str | int]:
    return {
        "most_megabytes": limits.MOST_BYTES // 10**6,
        "most_megapixels": limits.MOST_PIXELS // 10**6,
        "most_at_once": limits.MOST_PIXELS_AT_ONCE // 10**6,
    }
