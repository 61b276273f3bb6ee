"""What the script of the uploads says. `{name}` is filled in by the script, which also counts."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

Words = dict[str, str | dict[str, str]]


def words() -> Words:
    return {**_while_it_goes(), **_what_became(), **_refusals()}


def _while_it_goes() -> Words:
    return {
        "reading": _("Reading the folders …"),
        "sending": _("Files: {done} of {all} · {sent} of {size}"),
        "left": _("about {time} left"),
        "seconds": _both(
            ngettext("{count} second", "{count} seconds", 1),
            ngettext("{count} second", "{count} seconds", 2),
        ),
        "minutes": _both(
            ngettext("{count} minute", "{count} minutes", 1),
            ngettext("{count} minute", "{count} minutes", 2),
        ),
        "hours": _both(
            ngettext("{count} hour", "{count} hours", 1),
            ngettext("{count} hour", "{count} hours", 2),
        ),
        "paused": _("Paused."),
        "offline": _("No connection. Going on by itself as soon as there is one."),
        "signed_out": _("You are signed out. Sign in on another page, then press Continue."),
        "pause": _("Pause"),
        "go_on": _("Continue"),
        "processing": _("{ready} of {all} are processed."),
    }


def _what_became() -> Words:
    return {
        "ready": _both(
            ngettext("{count} photo is ready.", "{count} photos are ready.", 1),
            ngettext("{count} photo is ready.", "{count} photos are ready.", 2),
        ),
        "known": _both(
            ngettext("{count} was there already.", "{count} were there already.", 1),
            ngettext("{count} was there already.", "{count} were there already.", 2),
        ),
        "refused": _both(
            ngettext("{count} was refused.", "{count} were refused.", 1),
            ngettext("{count} was refused.", "{count} were refused.", 2),
        ),
        "failed": _both(
            ngettext("{count} could not be sent.", "{count} could not be sent.", 1),
            ngettext("{count} could not be sent.", "{count} could not be sent.", 2),
        ),
        "more": _both(
            ngettext("And {count} more.", "And {count} more.", 1),
            ngettext("And {count} more.", "And {count} more.", 2),
        ),
    }


def _refusals() -> Words:
    return {
        "no_photo": _("Only JPEG, PNG and HEIC photos can be used."),
        "too_large": _("The file is larger than {most} MB."),
        "trouble": _("The server did not take it. Try again in a moment."),
        "unreadable": _("Your browser cannot read the file any more. Choose it again."),
        "empty": _("There are no photos in it."),
    }


def _both(one: str, other: str) -> dict[str, str]:
    return {"one": one, "other": other}
