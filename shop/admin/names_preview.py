"""What the preview of a names list shows: counts, and one page of its rows."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from shop.names import wording
from shop.names.planning import Kind, Mode, Outcome, Plan

PAGE_SIZE = 100
# As the pills of a job's status: green, blue, grey; errors have their own.
PILLS = {Kind.NEW: "selling", Kind.UPDATED: "prepay", Kind.UNCHANGED: "planning"}


@dataclass(frozen=True)
class Line:
    number: int
    name: str
    album: str
    label: str
    pill: str
    changes: list[str]
    errors: list[tuple[str, str, str]]
    remarks: list[str]


@dataclass(frozen=True)
class Choice:
    label: str
    url: str
    is_current: bool
    count: int | None = None


@dataclass(frozen=True)
class Preview:
    """All that the page shows of a plan."""

    plan: Plan
    mode: Mode
    kind: Kind | None  # of the rows shown; None is all
    page: "Page[Any]"
    asked: dict[str, str]  # the parameters that say how the table is read

    @property
    def new(self) -> int:
        return self.plan.count(Kind.NEW)

    @property
    def updated(self) -> int:
        return self.plan.count(Kind.UPDATED)

    @property
    def unchanged(self) -> int:
        return self.plan.count(Kind.UNCHANGED)

    @property
    def errors(self) -> int:
        return self.plan.count(Kind.ERROR)

    @property
    def to_do(self) -> int:
        """Rows that change something."""
        return self.new + self.updated

    def modes(self) -> list[Choice]:
        return [
            Choice(str(mode.label), self._url(mode, self.kind), mode == self.mode) for mode in Mode
        ]

    def kinds(self) -> list[Choice]:
        """Only what there is, errors first: they are what a person has to look at."""
        counts = {kind: self.plan.count(kind) for kind in (Kind.ERROR, *Kind)}
        labels = {Kind.ERROR: _("Only errors")}
        everything = Choice(
            _("All rows"), self._url(self.mode, None), self.kind is None, len(self.plan.outcomes)
        )
        return [
            everything,
            *(
                Choice(
                    labels.get(kind, str(kind.label)),
                    self._url(self.mode, kind),
                    kind == self.kind,
                    count,
                )
                for kind, count in counts.items()
                if count or kind == self.kind
            ),
        ]

    def more(self) -> str:
        """The address of another page of these rows, without its number."""
        return self._url(self.mode, self.kind)

    def _url(self, mode: Mode, kind: Kind | None) -> str:
        asked = self.asked | {"mode": mode.value} | ({"show": kind.value} if kind else {})
        return f"?{urlencode(asked)}"


def preview(plan: Plan, mode: Mode, *, show: str, number: str, asked: dict[str, str]) -> Preview:
    kind = Kind(show) if show in Kind.values else None
    wanted = [o for o in plan.outcomes if kind is None or o.kind == kind]
    page: Page[Any] = Paginator(wanted, PAGE_SIZE).get_page(number)
    page.object_list = [_line(plan, outcome) for outcome in page.object_list]
    return Preview(plan, mode, kind, page, asked)


def _line(plan: Plan, outcome: Outcome) -> Line:
    kind = outcome.kind
    return Line(
        number=outcome.entry.number,
        name=outcome.entry.name[:200],
        album=outcome.entry.album[:200],
        label=str(kind.label),
        pill=PILLS.get(kind, "refused"),
        changes=wording.changes(plan, outcome),
        errors=wording.errors(outcome),
        remarks=[] if outcome.entry.errors else outcome.remarks,
    )
