"""The part of the matrix about communication: what its admin URLs answer to every role."""

from tests.admin_pages import (
    DONE,
    DONE_MOVED,
    ELSEWHERE,
    INDEX,
    MAY_CHANGE,
    NO_ONE,
    SEEN,
    SEEN_BACK,
    STAFF,
    Page,
    rows_of,
    unwritten,
)

PROFILE_PAGES = {
    "comms_profile_changelist": Page(STAFF, STAFF),
    "comms_profile_add": Page(
        "login forbidden forbidden ok ok", "login forbidden forbidden ok ok", data={}
    ),
    "comms_profile_change": Page(SEEN, DONE, INDEX, MAY_CHANGE, data={}),
    "comms_profile_duplicate": Page(DONE, DONE, INDEX, INDEX, data={}),
    "comms_profile_retire": Page(DONE, DONE_MOVED, INDEX, INDEX, data={}),
    "comms_profile_delete": Page(NO_ONE, NO_ONE, NO_ONE, NO_ONE, data={}),
    "comms_profile_history": Page(SEEN, SEEN, INDEX, INDEX),
    rows_of("comms_profile"): Page(ELSEWHERE, ELSEWHERE, ELSEWHERE, ELSEWHERE),
}

NOTIFICATION_PAGES = {
    "comms_notification_changelist": Page(ELSEWHERE, ELSEWHERE),
    "comms_notification_add": Page(
        "login forbidden forbidden ok ok",
        "login forbidden forbidden ok ok",
        "login forbidden forbidden moved moved",
        "login forbidden forbidden moved moved",
        address="/admin/comms/notification/add/?profile={pk}",
        data={},
    ),
    "comms_notification_change": Page(SEEN, DONE, INDEX, MAY_CHANGE, data={}),
    "comms_notification_preview": Page(SEEN, SEEN, INDEX, INDEX),
    "comms_notification_preview_frame": Page(SEEN, SEEN, INDEX, INDEX),
    "comms_notification_preview_test": Page(SEEN_BACK, SEEN_BACK, INDEX, INDEX),
    "comms_notification_retire": Page(DONE, DONE_MOVED, INDEX, INDEX, data={}),
    "comms_notification_delete": Page(NO_ONE, NO_ONE, NO_ONE, NO_ONE, data={}),
    "comms_notification_history": Page(SEEN, SEEN, INDEX, INDEX),
    rows_of("comms_notification"): Page(ELSEWHERE, ELSEWHERE, ELSEWHERE, ELSEWHERE),
}

MESSAGE_PAGES = {
    **unwritten("comms_message"),
    "comms_message_change": Page(SEEN, NO_ONE, INDEX, NO_ONE, data={}),
    "comms_message_decide": Page(DONE_MOVED, DONE_MOVED, INDEX, INDEX),
    "comms_message_release": Page(
        "login forbidden forbidden forbidden index", "login forbidden forbidden forbidden index"
    ),
    **unwritten("comms_dispatch"),
    "comms_dispatch_change": Page(SEEN, NO_ONE, INDEX, NO_ONE, data={}),
    "comms_dispatch_stop": Page(DONE_MOVED, DONE_MOVED, INDEX, INDEX),
    "comms_dispatch_release": Page(DONE_MOVED, DONE_MOVED, INDEX, INDEX),
}

CAMPAIGN_PAGES = {
    "jobstatus_job_communication": Page(SEEN, DONE, INDEX, INDEX, data={}),
    "jobstatus_job_communication_messages": Page(SEEN, SEEN, INDEX, INDEX),
    # Nobody of a job in Planning waits for anything.
    "jobstatus_job_communication_make_up": Page(DONE_MOVED, DONE_MOVED, MAY_CHANGE, MAY_CHANGE),
    "shop_customer_unsubscribe": Page(DONE_MOVED, DONE_MOVED, INDEX, INDEX),
    "jobstatus_studio_calendar": Page(DONE_MOVED, DONE_MOVED, INDEX, INDEX),
}

COMMS_PAGES = {**PROFILE_PAGES, **NOTIFICATION_PAGES, **MESSAGE_PAGES, **CAMPAIGN_PAGES}
