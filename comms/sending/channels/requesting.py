"""What an answer to a request over HTTP, or none, says of the message in it. Pure."""

import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError

from comms.sending.channels.contract import End, Ending

FIRST_REFUSAL, TOO_MANY, FIRST_FAULT_OF_SERVER, UNAVAILABLE = 400, 429, 500, 503
OURS_TO_REPAIR = (401, 402, 403, 404)  # a key, an account, an address of the service


def never_left(error: BaseException | None) -> bool:
    """Whether the connection was never made, so that the request certainly did not arrive."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    if isinstance(error, requests.exceptions.SSLError):
        return "CERTIFICATE_VERIFY_FAILED" in str(error)
    reason = error.args[0] if isinstance(error, requests.ConnectionError) and error.args else None
    return isinstance(reason, MaxRetryError) and isinstance(reason.reason, NewConnectionError)


def refused(status: int, remark: str) -> End:
    """For a status that is not 2xx. Another fault of the server may come after it took it."""
    if status in (TOO_MANY, UNAVAILABLE, *OURS_TO_REPAIR):
        return End(Ending.LATER, remark)
    if status >= FIRST_FAULT_OF_SERVER:
        return End(Ending.DOUBT, remark)
    return End(Ending.NEVER, remark)
