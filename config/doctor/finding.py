"""What the doctor says."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    OK = "ok"
    WARNING = "warning"  # works, but somebody should know
    PROBLEM = "problem"  # somebody has to do something


@dataclass(frozen=True)
class Finding:
    verdict: Verdict
    text: str


def ok(text: str) -> Finding:
    return Finding(Verdict.OK, text)


def warning(text: str) -> Finding:
    return Finding(Verdict.WARNING, text)


def problem(text: str) -> Finding:
    return Finding(Verdict.PROBLEM, text)


def judged(is_well: bool, text: str) -> Finding:
    return ok(text) if is_well else problem(text)
