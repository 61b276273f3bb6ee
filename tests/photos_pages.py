"""What the admin URLs of photos and of storage answer to every role. See `admin_pages`."""

from tests.admin_pages import (
    DONE,
    DONE_CONFLICT,
    DONE_MOVED,
    INDEX,
    LATE_MISSING,
    MAY_CHANGE,
    SEEN,
    Page,
)

ADD_ONLY = "login index forbidden {0} {0}"
UPLOAD_PAGES = {
    "jobstatus_job_photos": Page(SEEN, SEEN, INDEX, INDEX),
    "jobstatus_job_uploads": Page(DONE_MOVED, DONE_MOVED, MAY_CHANGE, MAY_CHANGE),
    "jobstatus_job_uploads_progress": Page(SEEN, SEEN, INDEX, INDEX),
    "jobstatus_job_uploads_known": Page(
        ADD_ONLY.format("wrong-method"), ADD_ONLY.format("400"), MAY_CHANGE, MAY_CHANGE
    ),
    # Without the header of the protocol.
    "jobstatus_job_uploads_create": Page(
        ADD_ONLY.format("wrong-method"), ADD_ONLY.format("412"), MAY_CHANGE, MAY_CHANGE
    ),
    "jobstatus_job_uploads_file": Page(
        ADD_ONLY.format("wrong-method"),
        ADD_ONLY.format("wrong-method"),
        MAY_CHANGE,
        MAY_CHANGE,
        address="/admin/jobstatus/job/{pk}/photos/uploads/files/0123456789abcdef/",
    ),
}

PHOTO_FILE = "login index missing missing missing"  # The rows of tests have no files.
PHOTO_PAGES = {
    "jobstatus_job_photos_change": Page(DONE_MOVED, DONE_MOVED, MAY_CHANGE, MAY_CHANGE),
    "jobstatus_job_photos_album": Page(DONE_MOVED, DONE_MOVED, MAY_CHANGE, MAY_CHANGE),
    "jobstatus_job_photos_undo": Page(DONE_MOVED, DONE_MOVED, MAY_CHANGE, MAY_CHANGE),
    "jobstatus_job_photos_ties": Page(DONE, DONE, MAY_CHANGE, MAY_CHANGE),
    "jobstatus_job_photos_trash": Page(SEEN, DONE_MOVED, INDEX, MAY_CHANGE),
    "jobstatus_job_photos_photo": Page(SEEN, SEEN, INDEX, INDEX),
    "jobstatus_job_photos_original": Page(PHOTO_FILE, PHOTO_FILE, INDEX, INDEX),
    "jobstatus_job_photos_picture": Page(
        PHOTO_FILE,
        PHOTO_FILE,
        INDEX,
        INDEX,
        address="/admin/jobstatus/job/{pk}/photos/{pk}/thumbnail.jpg",
    ),
}
PREPAY_PAGES = {
    "jobstatus_job_prepay": Page(SEEN, DONE, INDEX, MAY_CHANGE, data={}),
    "jobstatus_job_prepay_populate": Page(SEEN, DONE_CONFLICT, INDEX, MAY_CHANGE),
    "jobstatus_job_prepay_release": Page(DONE, DONE_CONFLICT, MAY_CHANGE, MAY_CHANGE),
    # The orders of tests were placed with photos.
    "jobstatus_job_prepay_order": Page(LATE_MISSING, LATE_MISSING, MAY_CHANGE, MAY_CHANGE),
    "jobstatus_job_prepay_line": Page(LATE_MISSING, LATE_MISSING, MAY_CHANGE, MAY_CHANGE),
    "jobstatus_job_prepay_children": Page(DONE_MOVED, DONE_MOVED, MAY_CHANGE, MAY_CHANGE),
}
STORAGE_PAGES = {"jobstatus_studio_storage": Page(SEEN, SEEN, INDEX, INDEX)}

PHOTOS_PAGES = {**UPLOAD_PAGES, **PHOTO_PAGES, **PREPAY_PAGES, **STORAGE_PAGES}
