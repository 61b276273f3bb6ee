"""What is wrong with a user-written text, and where: told when it is saved (C12)."""

import difflib
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from comms.models import Trigger
from comms.models.profiles import BODY_LENGTH, SUBJECT_LENGTH
from comms.texts import plain
from comms.texts.vocabulary import PLACEHOLDERS, Placeholder, fill, offered

__all__ = ["PLACEHOLDERS", "Placeholder", "Problem", "check", "check_subject", "fill", "offered"]

AROUND = 30  # characters of the line on both sides of the marked place
MOST_PROBLEMS = 20  # told at once
LONGEST_QUOTE = 40
MARK = ("»", "«")
LIKE = 0.6  # from 0, nothing in common, to 1, the same

_BRACKETS = re.compile(r"\[\[|\]\]")


@dataclass(frozen=True)
class Problem:
    line: int  # from 1
    column: int  # from 1, in characters
    length: int  # of the marked place, in characters
    before: str
    marked: str
    after: str
    sentence: str

    @property
    def excerpt(self) -> str:
        """The place with its surroundings, marked for those who see no colours."""
        return f"{self.before}{MARK[0]}{self.marked}{MARK[1]}{self.after}"

    def __str__(self) -> str:
        place = _("Line %(line)d, column %(column)d: %(sentence)s")
        return place % {"line": self.line, "column": self.column, "sentence": self.sentence}


def check(text: str, trigger: str) -> list[Problem]:
    """What is wrong with a body, in the order of the text; nothing if it can be sent."""
    return _check(text, trigger, limit=BODY_LENGTH, is_subject=False)


def check_subject(text: str, trigger: str) -> list[Problem]:
    """As `check`; besides, a subject is one line and has no links."""
    return _check(text, trigger, limit=SUBJECT_LENGTH, is_subject=True)


def _check(text: str, trigger: str, *, limit: int, is_subject: bool) -> list[Problem]:
    # Browsers send line breaks as CR LF; one of them is no reason to complain.
    text = text.replace("\r\n", "\n")
    if len(text) > limit:
        # The rest is not looked at: a megabyte of brackets is one problem, not a million.
        return [_too_long(text, limit)]
    found: list[Problem] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if is_subject and number > 1:
            found.append(_place("", number, 0, 0, _("A subject is a single line.")))
            break
        found += _characters(line, number)
        found += _placeholders(line, number, trigger, is_subject=is_subject)
        if len(found) >= MOST_PROBLEMS:
            break
    return sorted(found, key=lambda problem: (problem.line, problem.column))[:MOST_PROBLEMS]


def _too_long(text: str, limit: int) -> Problem:
    line, start = text.count("\n", 0, limit) + 1, text.rfind("\n", 0, limit) + 1
    whole = text[start : limit + AROUND].split("\n")[0]
    sentence = _("The text has %(length)d characters; %(limit)d are possible.")
    words = sentence % {"length": len(text), "limit": limit}
    return _place(whole, line, limit - start, len(whole), words)


def _characters(line: str, number: int) -> list[Problem]:
    """One problem for a line with control characters: they come in crowds."""
    for column, character in enumerate(line):
        if character != "\t" and not plain.is_text(character):
            sentence = _("The invisible character U+%(code)s cannot stand in a text.")
            words = sentence % {"code": f"{ord(character):04X}"}
            return [_place(line, number, column, column + 1, words)]
    return []


def _placeholders(line: str, number: int, trigger: str, *, is_subject: bool) -> list[Problem]:
    found: list[Problem] = []
    opened: int | None = None
    for bracket in _BRACKETS.finditer(line):
        if bracket.group() == "[[":
            if opened is not None:
                found.append(_unclosed(line, number, opened, bracket.start()))
            opened = bracket.start()
        elif opened is None:
            words = _("These brackets close nothing.")
            found.append(_place(line, number, bracket.start(), bracket.end(), words))
        else:
            words = _complaint(line[opened + 2 : bracket.start()].strip(), trigger, is_subject)
            if words:
                found.append(_place(line, number, opened, bracket.end(), words))
            opened = None
    if opened is not None:
        found.append(_unclosed(line, number, opened, len(line)))
    return found


def _unclosed(line: str, number: int, start: int, end: int) -> Problem:
    words = _("The brackets are not closed. A placeholder is written like [[Customer.name]].")
    return _place(line, number, start, min(end, start + LONGEST_QUOTE), words)


def _complaint(name: str, trigger: str, is_subject: bool) -> str:
    """Why this placeholder cannot stand here; nothing if it can."""
    entry = PLACEHOLDERS.get(name)
    if entry is None:
        return _unknown(name, trigger)
    if trigger not in entry.triggers:
        words = _("[[%(name)s]] cannot be used for the trigger “%(trigger)s”.")
        return words % {"name": name, "trigger": Trigger(trigger).label}
    if is_subject and (entry.is_link or entry.has_lines):
        return _("[[%(name)s]] cannot stand in a subject.") % {"name": name}
    return ""


def _unknown(name: str, trigger: str) -> str:
    nearest = _nearest(name, offered(trigger))
    if nearest is None:
        words = _("There is no placeholder “%(name)s”.")
        return words % {"name": plain.one_line(name, LONGEST_QUOTE)}
    words = _("There is no placeholder “%(name)s”. Do you mean [[%(nearest)s]]?")
    return words % {"name": plain.one_line(name, LONGEST_QUOTE), "nearest": nearest.name}


def _nearest(name: str, entries: tuple[Placeholder, ...]) -> Placeholder | None:
    """By its whole name, by what stands behind the point, or by its words in another order."""
    short = name[: 2 * LONGEST_QUOTE].casefold()
    by_key: dict[str, Placeholder] = {}
    # Of several with the same word behind the point the first is meant: the customer's.
    for entry in reversed(entries):
        whole = entry.name.casefold()
        by_key |= {whole.partition(".")[2]: entry, _words(whole): entry, whole: entry}
    for wanted in (short.replace(" ", ""), _words(short)):
        if near := difflib.get_close_matches(wanted, by_key, n=1, cutoff=LIKE):
            return by_key[near[0]]
    return None


def _words(name: str) -> str:
    return " ".join(sorted(re.findall(r"[^\W_]+", name)))


def _place(line: str, number: int, start: int, end: int, sentence: str) -> Problem:
    """Control characters are shown as boxes, so that the excerpt is what it seems."""
    before = line[max(0, start - AROUND) : start]
    return Problem(
        line=number,
        column=start + 1,
        length=end - start,
        before=_shown(before),
        marked=_shown(line[start:end]),
        after=_shown(line[end : end + AROUND]),
        sentence=sentence,
    )


def _shown(text: str) -> str:
    return "".join(c if plain.is_text(c) else "\N{REPLACEMENT CHARACTER}" for c in text)
