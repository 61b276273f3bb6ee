"""What is typed of a child, and when two are the same one. Names can be guessed: they open nothing.

Needs the questions of the job; an answer is a text by the number of its question.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shop.models import AccessCode, PrepayQuestion, Subject
from shop.models.prepay import LONGEST_ANSWER
from shop.names.judging import key
from shop.names.table import tidy

CLASS = PrepayQuestion.Slot.CLASS


@dataclass(frozen=True)
class Typed:
    """A child as a parent described it, tidied."""

    name: str
    answers: Mapping[int, str]  # by the number of the question; empty ones are left out

    def is_like(self, name: str, answers: Mapping[int, str]) -> bool:
        return key(name) == key(self.name) and _keys(answers) == _keys(self.answers)


def typed(name: str, answers: Mapping[int, str]) -> Typed:
    tidied = {number: tidy(text)[:LONGEST_ANSWER] for number, text in answers.items()}
    return Typed(tidy(name), {number: text for number, text in tidied.items() if text})


def stored(answers: Mapping[str, str]) -> dict[int, str]:
    """As a basket keeps them: JSON has no numbers for keys."""
    return {int(number): text for number, text in answers.items()}


def questions_of(job_id: int) -> list[PrepayQuestion]:
    """In the order in which they are asked. One query."""
    return list(PrepayQuestion.objects.filter(job=job_id).order_by("position", "pk"))


def class_of(answers: Mapping[int, str], questions: Iterable[PrepayQuestion]) -> str:
    """The answer that names the album; empty if there is none."""
    for question in questions:
        if question.slot == CLASS:
            return answers.get(question.pk, "")
    return ""


def may_be(subject: Subject, name: str, class_name: str) -> bool:
    """Whether a person could be the child of this name: not if both have a class, and others.

    Needs the album loaded.
    """
    if key(subject.name) != key(name):
        return False
    return not (subject.album and class_name) or key(subject.album.name) == key(class_name)


def known(
    codes: Iterable[AccessCode], job_id: int, name: str, class_name: str
) -> AccessCode | None:
    """The code among those that the visitor holds that may be this child's."""
    for code in codes:
        subject = code.subject
        if code.job_id == job_id and subject and may_be(subject, name, class_name):
            return code
    return None


def _keys(answers: Mapping[int, str]) -> dict[int, str]:
    return {number: key(text) for number, text in answers.items()}
