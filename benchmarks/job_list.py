"""The admin's job list, as a superuser and as a photographer of a big studio."""

from django.contrib.auth.models import User

from benchmarks import data
from benchmarks.report import Figure
from benchmarks.visits import photographer, visit
from jobstatus.models import Job, Studio

URL = "/admin/jobstatus/job/"
FIRST_PAGE_MS = 200
# What a person does next. No target is set for these; they show what a full search costs.
OTHER_PAGES = {
    "page 2": "?p=2",
    "status filter": "?status__exact=selling",
    "search": "?q=picture+123456",
    "sorted by the first column": "?o=1",
    "sorted by the second column": "?o=2",
    "sorted by the third column": "?o=3",
}


def job_list() -> list[Figure]:
    root = User.objects.create_superuser("root-of-benchmark")
    busy = photographer("photographer-of-benchmark", data.BIG_STUDIO)
    studio = Studio.objects.create(name="Newcomer", slug="newcomer", timezone="UTC")
    newcomer = photographer("newcomer-of-benchmark", studio.pk)
    Job.objects.create(studio=studio, name="The first job")
    figures = []
    for user, who in ((root, "superuser"), (busy, "photographer")):
        ms, queries = visit(user, URL)
        figures.append(Figure(f"first page, {who}", ms, "ms", at_most=FIRST_PAGE_MS))
        figures.append(Figure(f"first page, {who}: queries", queries, ""))
        for name, query in OTHER_PAGES.items():
            figures.append(Figure(f"{name}, {who}", visit(user, URL + query)[0], "ms"))
    more = visit(busy, URL)[1] - visit(newcomer, URL)[1]
    figures.append(Figure("queries of a full page beyond those of one job", more, "", at_most=0))
    return figures
