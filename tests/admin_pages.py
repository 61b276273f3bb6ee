"""The matrix: what every admin URL answers to every role. Read by test_admin_matrix.py.

The words stand for roles in this order: nobody (anonymous, or signed in without being staff),
loner (staff without a studio), viewer, photographer, superuser.

    ok 200 · login, index, moved 302 (to the log-in, the front page, elsewhere)
    forbidden 403 · missing 404 · wrong-method 405 · conflict 409

A page about a row has an answer for a row of the own studio (`get`, `post`) and for a missing one
(`get_missing`, `post_missing`). A foreign row answers a superuser like an own one, and everybody
else like a missing one. For rows of no studio, such as users, there is no own row (`has_own`).
"""

from dataclasses import dataclass, field

PREFIX = "admin/"
ORDER = ("nobody", "loner", "viewer", "photographer", "superuser")
NOBODY = ("anonymous", "outsider")

STAFF = "login ok ok ok ok"
TOP = "login forbidden forbidden forbidden ok"
NO_ONE = "login forbidden forbidden forbidden forbidden"
NO_ROW = "login forbidden forbidden forbidden index"
FOUND_BY_TOP = "login index index index ok"
TOP_MISSING = "login forbidden forbidden forbidden missing"
INDEX = "login index index index index"
ELSEWHERE = "login moved moved moved moved"


@dataclass(frozen=True)
class Page:
    get: str
    post: str
    get_missing: str = ""
    post_missing: str = ""
    has_own: bool = True
    address: str = ""  # where the route does not say how to fill it in
    query: dict[str, str] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=lambda: {"post": "yes"})

    @property
    def has_rows(self) -> bool:
        return bool(self.get_missing)

    def expected(self, method: str, role: str, *, found: bool) -> str:
        words = {
            ("GET", True): self.get,
            ("POST", True): self.post,
            ("GET", False): self.get_missing,
            ("POST", False): self.post_missing,
        }[method, found].split()
        return words[ORDER.index("nobody" if role in NOBODY else role)]


def superuser_pages(model: str, *, written: str = TOP) -> dict[str, Page]:
    """The pages of a model that belongs to no studio. `written` is where rows can be changed."""
    rows = f"{PREFIX}{model.replace('_', '/')}/<path:object_id>/"
    gone = NO_ROW if written == TOP else NO_ONE
    return {
        f"{model}_changelist": Page(TOP, TOP),
        f"{model}_add": Page(written, written),
        f"{model}_change": Page(TOP, written, NO_ROW, gone, has_own=False, data={}),
        f"{model}_delete": Page(written, written, gone, gone, has_own=False, data={}),
        f"{model}_history": Page(FOUND_BY_TOP, FOUND_BY_TOP, INDEX, INDEX, has_own=False),
        rows: Page(ELSEWHERE, ELSEWHERE, ELSEWHERE, ELSEWHERE, has_own=False),
    }


ONLY_GET = "login wrong-method wrong-method wrong-method wrong-method"
NOT_FOUND = "login missing missing missing missing"

SITE = {
    "index": Page(STAFF, STAFF),
    "login": Page("ok index index index index", "ok ok ok ok ok"),
    "logout": Page(ONLY_GET.replace("login", "index"), "index ok ok ok ok"),
    "password_change": Page(STAFF, STAFF),
    "password_change_done": Page(STAFF, ONLY_GET),
    "jsi18n": Page(STAFF, ONLY_GET),
    "autocomplete": Page(
        STAFF,
        ONLY_GET,
        query={"app_label": "jobstatus", "model_name": "membership", "field_name": "studio"},
    ),
    "app_list": Page(STAFF, STAFF, address="/admin/jobstatus/"),
    f"{PREFIX}(?P<url>.*)$": Page(
        NOT_FOUND,
        NOT_FOUND,
        address="/admin/nothing/",
    ),
    "view_on_site": Page(
        NOT_FOUND,
        NOT_FOUND,
        NOT_FOUND,
        NOT_FOUND,
        address="/admin/r/{storefront_type}/{pk}/",
    ),
}

STUDIO = {
    "jobstatus_studio_changelist": Page(STAFF, STAFF),
    "jobstatus_studio_add": Page(TOP, TOP),
    "jobstatus_studio_change": Page(
        "login index ok ok ok",
        "login index forbidden ok ok",
        INDEX,
        "login index forbidden index index",
        data={},
    ),
    "jobstatus_studio_delete": Page(TOP, TOP, NO_ROW, NO_ROW, data={}),
    "jobstatus_studio_history": Page("login index ok ok ok", "login index ok ok ok", INDEX, INDEX),
    f"{PREFIX}jobstatus/studio/<path:object_id>/": Page(ELSEWHERE, ELSEWHERE, ELSEWHERE, ELSEWHERE),
}

# A job's page is the same for a viewer, without anything to press.
JOB_SEEN = "login index ok ok ok"

JOB = {
    "jobstatus_job_changelist": Page(STAFF, STAFF),
    "jobstatus_job_add": Page(
        "login forbidden forbidden ok ok", "login forbidden forbidden ok ok", data={}
    ),
    "jobstatus_job_change": Page(
        JOB_SEEN,
        "login index forbidden ok ok",
        INDEX,
        "login index forbidden index index",
        data={},
    ),
    "jobstatus_job_selling": Page(JOB_SEEN, JOB_SEEN, INDEX, INDEX),
    "jobstatus_job_history": Page(JOB_SEEN, JOB_SEEN, INDEX, INDEX),
    "jobstatus_job_delete": Page(NO_ONE, NO_ONE, NO_ONE, NO_ONE),
    "jobstatus_job_confirm": Page(
        "login index forbidden ok ok",
        "login index forbidden conflict conflict",  # without the fingerprint of what was seen
        INDEX,
        INDEX,
        address="/admin/jobstatus/job/{pk}/confirm/start_selling/",
    ),
    "jobstatus_job_confirm_chosen": Page(
        "login moved forbidden moved moved",
        "login moved forbidden conflict conflict",
        "login moved forbidden moved moved",
        "login moved forbidden moved moved",
        address="/admin/jobstatus/job/confirm/start_selling/",
        data={"jobs": "{pk}"},
    ),
    f"{PREFIX}jobstatus/job/<path:object_id>/": Page(ELSEWHERE, ELSEWHERE, ELSEWHERE, ELSEWHERE),
}

PAGES = {
    **SITE,
    **STUDIO,
    **JOB,
    **superuser_pages("jobstatus_taskrun", written=NO_ONE),
    **superuser_pages("auth_user"),
    **superuser_pages("auth_group"),
    "auth_user_password_change": Page(TOP, TOP, TOP_MISSING, TOP_MISSING, has_own=False, data={}),
}
