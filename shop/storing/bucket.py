"""Photos in an S3-compatible bucket. Imported only where one is set."""

from typing import Any

from botocore.config import Config
from storages.backends.s3 import S3Storage

TIMEOUT_SECONDS = 20
ATTEMPTS = 4


class PrivateBucket(S3Storage):  # type: ignore[misc]  # untyped library
    """Private, by names that nobody can guess, and by addresses that are signed for a minute."""

    def __init__(self, **options: Any) -> None:
        options |= {
            "client_config": Config(
                signature_version="s3v4",
                s3={"addressing_style": "path"},  # which every S3-compatible server knows
                # Newer checksums are refused by many of those servers; TLS and ETags remain.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                connect_timeout=TIMEOUT_SECONDS,
                read_timeout=TIMEOUT_SECONDS,
                retries={"mode": "standard", "max_attempts": ATTEMPTS},
            ),
            "default_acl": None,  # The bucket is private as a whole.
            "querystring_auth": True,
            "file_overwrite": True,  # A place is random; a second attempt writes the same.
        }
        super().__init__(**options)
