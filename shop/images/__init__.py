"""Photos in: one file becomes a thumbnail and a preview with the studio's name, or is refused.

Knows files only: no database, no rows, no settings.
"""

from shop.images.limits import MOST_BYTES, MOST_PIXELS
from shop.images.making import Made, MakingFailed, make
from shop.images.reasons import Reason
from shop.images.refusals import Refused

__all__ = ["MOST_BYTES", "MOST_PIXELS", "Made", "MakingFailed", "Reason", "Refused", "make"]
