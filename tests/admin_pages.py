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
    "jobstatus_job_ahead": Page(JOB_SEEN, JOB_SEEN, INDEX, INDEX),
    "jobstatus_job_ahead_of_all": Page(STAFF, STAFF),
    "jobstatus_job_history": Page(JOB_SEEN, JOB_SEEN, INDEX, INDEX),
    "jobstatus_job_delete": Page(
        "login index forbidden ok ok",
        "login index forbidden ok ok",  # without the name
        "login index forbidden index index",
        "login index forbidden index index",
    ),
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

# Of the shop. Whoever may look sees a row of the own studio; a photographer does more.
SEEN = "login index ok ok ok"
SEEN_BACK = "login index moved moved moved"
DONE = "login index forbidden ok ok"
DONE_MOVED = "login index forbidden moved moved"
DONE_CONFLICT = "login index forbidden conflict conflict"
MAY_CHANGE = "login index forbidden index index"
LATE_MISSING = "login index forbidden missing missing"


def rows_of(model: str) -> str:
    return f"{PREFIX}{model.replace('_', '/')}/<path:object_id>/"


def unwritten(model: str) -> dict[str, Page]:
    """Of a model whose rows nobody adds, edits or deletes in a form."""
    return {
        f"{model}_changelist": Page(STAFF, STAFF),
        f"{model}_add": Page(NO_ONE, NO_ONE),
        f"{model}_delete": Page(NO_ONE, NO_ONE, NO_ONE, NO_ONE, data={}),
        f"{model}_history": Page(SEEN, SEEN, INDEX, INDEX),
        rows_of(model): Page(ELSEWHERE, ELSEWHERE, ELSEWHERE, ELSEWHERE),
    }


ORDER_PAGES = {
    **unwritten("shop_order"),
    "shop_order_change": Page(SEEN, NO_ONE, INDEX, NO_ONE, data={}),
    "shop_order_confirm": Page(
        DONE,
        DONE_CONFLICT,  # without the mark of what was seen
        INDEX,
        INDEX,
        address="/admin/shop/order/{pk}/confirm/mark_paid/",
    ),
    "shop_order_confirm_chosen": Page(
        "login moved forbidden moved moved",
        "login moved forbidden conflict conflict",
        "login moved forbidden moved moved",
        "login moved forbidden moved moved",
        address="/admin/shop/order/confirm/mark_paid/",
        data={"orders": "{pk}"},
    ),
    "shop_order_export": Page(
        "login moved ok ok ok", "login moved ok ok ok", address="/admin/shop/order/export/csv/"
    ),
    # The rows of tests have the names of pictures, and no files.
    "shop_order_picture": Page(
        "login index missing missing missing", "login index missing missing missing", INDEX, INDEX
    ),
}

PAYMENT_PAGES = {
    **unwritten("shop_payment"),
    "shop_payment_change": Page(SEEN_BACK, NO_ONE, INDEX, NO_ONE, data={}),
    "shop_payment_settle": Page(
        DONE,
        DONE_CONFLICT,
        INDEX,
        INDEX,
        address="/admin/shop/payment/{pk}/settle/return/",
    ),
}

CUSTOMER_PAGES = {
    "shop_customer_changelist": Page(STAFF, STAFF),
    "shop_customer_add": Page(NO_ONE, NO_ONE),
    "shop_customer_change": Page(SEEN, DONE, INDEX, MAY_CHANGE, data={}),
    "shop_customer_delete": Page(TOP, TOP, NO_ROW, NO_ROW, data={}),
    "shop_customer_history": Page(SEEN, SEEN, INDEX, INDEX),
    rows_of("shop_customer"): Page(ELSEWHERE, ELSEWHERE, ELSEWHERE, ELSEWHERE),
}

PRICE_PAGES = {
    "shop_pricelist_changelist": Page(STAFF, STAFF),
    "shop_pricelist_add": Page(
        "login forbidden forbidden ok ok", "login forbidden forbidden ok ok", data={}
    ),
    "shop_pricelist_change": Page(SEEN, DONE, INDEX, MAY_CHANGE, data={}),
    "shop_pricelist_delete": Page(TOP, TOP, NO_ROW, NO_ROW, data={}),
    "shop_pricelist_history": Page(SEEN, SEEN, INDEX, INDEX),
    rows_of("shop_pricelist"): Page(ELSEWHERE, ELSEWHERE, ELSEWHERE, ELSEWHERE),
}

CODE_PAGES = {
    "jobstatus_job_codes": Page(SEEN, SEEN, INDEX, INDEX),
    "jobstatus_job_codes_issue": Page(DONE_MOVED, DONE_MOVED, MAY_CHANGE, MAY_CHANGE),
    "jobstatus_job_codes_person": Page(DONE_MOVED, DONE, MAY_CHANGE, MAY_CHANGE),
    "jobstatus_job_codes_file": Page(
        SEEN, SEEN, INDEX, INDEX, address="/admin/jobstatus/job/{pk}/codes/file/csv/"
    ),
    "jobstatus_job_codes_late": Page(DONE, DONE, MAY_CHANGE, MAY_CHANGE),
}
# The key of a draft that nobody has: whoever may import is asked for the file again.
DRAFT = f"2026050412-{'0' * 32}"
NAMES_PAGES = {
    "jobstatus_job_names": Page(SEEN, DONE, INDEX, MAY_CHANGE, data={}),
    "jobstatus_job_names_file": Page(
        SEEN, SEEN, INDEX, INDEX, address="/admin/jobstatus/job/{pk}/codes/names/file/csv/"
    ),
    **{
        f"jobstatus_job_names_{name}": Page(
            DONE_MOVED,
            DONE_MOVED,
            MAY_CHANGE,
            MAY_CHANGE,
            address=f"/admin/jobstatus/job/{{pk}}/codes/names/{DRAFT}/{rest}",
        )
        for name, rest in {"columns": "columns/", "preview": "", "discard": "discard/"}.items()
    },
}

PAGES = {
    **SITE,
    **STUDIO,
    **JOB,
    **CODE_PAGES,
    **NAMES_PAGES,
    **ORDER_PAGES,
    **PAYMENT_PAGES,
    **CUSTOMER_PAGES,
    **PRICE_PAGES,
    **superuser_pages("jobstatus_taskrun", written=NO_ONE),
    **superuser_pages("auth_user"),
    **superuser_pages("auth_group"),
    "auth_user_password_change": Page(TOP, TOP, TOP_MISSING, TOP_MISSING, has_own=False, data={}),
}
