"""Mutants of what becomes of a photo, and of what is refused."""

from tests.mutant import Mutant

HEADERS, KINDS = "shop/images/headers.py", "shop/images/kinds.py"
PIPELINE, CHILDREN = "shop/images/pipeline.py", "shop/images/children.py"
MAKING, CARDS = "shop/images/making.py", "shop/images/cards.py"
REFUSED, MADE, PROCESSES = "test_images_refused", "test_images_made", "test_images_children"

IMAGES = (
    Mutant(
        HEADERS,
        "pictures of any size are decoded",
        "width * height > limits.MOST_PIXELS or",
        "False or",
        (REFUSED,),
    ),
    Mutant(
        HEADERS,
        "progressive pictures of any size are held in memory",
        "if at_once and width",
        "if False and width",
        (REFUSED,),
    ),
    Mutant(
        HEADERS,
        "as many scans as a file has",
        "if scans > limits.MOST_SCANS:",
        "if False:",
        (REFUSED,),
    ),
    Mutant(
        HEADERS,
        "nobody looks for an archive behind a photo",
        "        refuse_archive(data[-70_000:])\n",
        "",
        (REFUSED,),
    ),
    Mutant(
        HEADERS,
        "nobody looks into a JPEG's comments",
        "        else:\n            refuse_hidden(data[start:end])\n",
        "",
        (REFUSED,),
    ),
    Mutant(
        HEADERS,
        "an animation is a photo",
        'if name == b"acTL":',
        "if False:",
        (REFUSED,),
    ),
    Mutant(
        KINDS,
        "a series of pictures is a photo",
        "if brand in _MOVING_BRANDS:",
        "if False:",
        (REFUSED,),
    ),
    Mutant(
        PIPELINE,
        "damage is grey instead of refused",
        '"fail_on": "error"',
        '"fail_on": "none"',
        (REFUSED,),
    ),
    Mutant(
        PIPELINE,
        "what cameras write is served",
        'image.jpegsave_buffer(keep="none", ',
        'image.jpegsave_buffer(keep="all", ',
        (MADE,),
    ),
    Mutant(
        PIPELINE,
        "what cameras write is served in WebP",
        'image.webpsave_buffer(keep="none", ',
        'image.webpsave_buffer(keep="all", ',
        (MADE,),
    ),
    Mutant(
        PIPELINE,
        "the preview has no watermark",
        "_write(watermarks.marked(preview, watermark), ",
        "_write(preview, ",
        (MADE,),
    ),
    Mutant(
        PIPELINE,
        "the profile is ignored",
        'return {"output_profile": "srgb"}',
        "return {}",
        (MADE,),
    ),
    Mutant(
        "shop/images/profiles.py",
        "a profile is what its name says",
        "_is_near(profile[slice(*tags[tag])], colour) for tag",
        "True for tag",
        (MADE,),
    ),
    Mutant(
        PIPELINE,
        "width and height as they are stored",
        "5 <= image.get(ORIENTATION) <= 8",
        "False",
        (MADE,),
    ),
    Mutant(
        PIPELINE,
        "small photos are made larger",
        'size="down", ',
        'size="both", ',
        (MADE,),
    ),
    Mutant(
        CHILDREN,
        "a child knows its parent's secrets",
        "env=ENVIRONMENT,",
        "env={**os.environ, **ENVIRONMENT},",
        (PROCESSES,),
    ),
    Mutant(
        CHILDREN,
        "a fork shares its parent's child",
        "os.register_at_fork(after_in_child=_forget_all)\n",
        "",
        (PROCESSES,),
    ),
    Mutant(
        CHILDREN,
        "a child serves for ever",
        "return is_alive and self.served < limits.FILES_OF_A_CHILD",
        "return is_alive",
        (PROCESSES,),
    ),
    Mutant(
        "shop/images/child.py",
        "a child without limits",
        "    _bound()\n",
        "",
        (PROCESSES,),
    ),
    Mutant(
        "shop/images/child.py",
        "a child outlives its parent",
        "    os._exit(0)\n",
        "    pass\n",
        (PROCESSES,),
    ),
    Mutant(
        MAKING,
        "an ill child has the last word",
        "if not child.has_served:",
        "if True:",
        (PROCESSES,),
    ),
    Mutant(
        MAKING,
        "a machine's fault is the photo's",
        '        raise MakingFailed(reply["failed"])\n',
        "        raise Refused(Reason.BROKEN)\n",
        (REFUSED,),
    ),
    Mutant(
        CARDS,
        "a small code in the background is a card",
        "if _is_large(code, min(width, height))",
        "if code",
        ("test_images_cards",),
    ),
    Mutant(
        CARDS,
        "the first of two cards",
        "if len(texts) == 1 else None",
        "if texts else None",
        ("test_images_cards",),
    ),
)
