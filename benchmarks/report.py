"""Figures with their targets, as a Markdown table."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    name: str
    value: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None

    @property
    def is_missed(self) -> bool:
        too_small = self.at_least is not None and self.value < self.at_least
        too_big = self.at_most is not None and self.value > self.at_most
        return too_small or too_big

    @property
    def target(self) -> str:
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        return "" if self.at_most is None else f"≤ {self.at_most:g}"

    def __str__(self) -> str:
        mark = "missed" if self.is_missed else "met" if self.target else ""
        number = f"{self.value:,.0f}" if self.value >= 100 else f"{self.value:.3g}"
        return f"| {self.name} | {number} {self.unit} | {self.target} | {mark} |"


def show(title: str, figures: Iterable[Figure]) -> list[Figure]:
    """Print a part's figures at once, so that a person who waits sees them come."""
    shown = list(figures)
    print(f"\n{title}\n\n| figure | value | target | |\n|---|---|---|---|")
    for figure in shown:
        print(figure, flush=True)
    return shown
