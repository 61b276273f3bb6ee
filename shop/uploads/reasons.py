"""Why a complete file did not become a photo, in the reader's language."""

from enum import StrEnum

from django.utils.translation import gettext as _

from shop import images
from shop.models import Upload


class Reason(StrEnum):
    """Besides those of `images`, which judges the file itself."""

    GIVEN_UP = "given up"
    NO_FILE = "no file"
    NO_ALBUM = "no album"


def sentence(upload: Upload) -> str:
    own = {
        Reason.GIVEN_UP: _(
            "Processing it was broken off several times. If the photo opens on your computer, save "
            "it as a new JPEG and upload that."
        ),
        Reason.NO_FILE: _("Its bytes were lost on the server. Upload it again."),
        Reason.NO_ALBUM: _("Its album was deleted meanwhile. Upload it into another album."),
    }
    if upload.reason in own:
        return own[Reason(upload.reason)]
    return str(images.Refused(images.Reason(upload.reason), **upload.reason_facts))
