"""A limit on everything that a file can ask for."""

MEBIBYTE = 1024 * 1024

MOST_BYTES = 100_000_000  # of an original; a JPEG of 100 megapixels has 60 to 80 million
MOST_PIXELS = 150_000_000  # of a picture that is read row by row
# Of one that must lie in memory as a whole: progressive JPEG, interlaced PNG, HEIC.
MOST_PIXELS_AT_ONCE = 50_000_000
LONGEST_SIDE = 65_000  # pixels; the JPEG format itself ends there
MOST_PARTS = 100_000  # segments, chunks or boxes of a file
MOST_SCANS = 100  # of a progressive JPEG: each is a pass over all pixels

PREVIEW, THUMBNAIL = 1600, 480  # pixels of the longer side

NICENESS = 19  # of the child: whoever waits for a page goes first
SECONDS = 60  # for one file, of the clock on the wall
SECONDS_TO_START = 60  # a child, on a machine that is busy
MEMORY_BYTES = 640 * MEBIBYTE  # that the child may ever ask for; a photo of 24 megapixels needs 100
FILES_OF_A_CHILD = 500  # then it is replaced, whatever it may have collected
MOST_SPARE = 2  # children that wait in one process; more only while more threads ask
LONGEST_REPLY = 64_000  # bytes
