"""Any other backend of Django: files, the terminal, the tests' memory. One message, one call."""

from contextlib import suppress

from django.core.mail.backends.base import BaseEmailBackend

from comms.sending.channels.contract import Channel, End, Ending, Envelope, HandOver, Unreachable


class BackendChannel(Channel):
    def __init__(self, backend: BaseEmailBackend) -> None:
        self.backend = backend

    def open(self) -> None:
        try:
            self.backend.open()
        except OSError as error:
            raise Unreachable(f"{type(error).__name__}: {error}") from error

    def send(self, envelope: Envelope, hand_over: HandOver) -> End:
        mail = envelope.letter.email(envelope.address)
        if not hand_over():
            return End(Ending.ABORTED)
        try:
            self.backend.send_messages([mail])
        except OSError as error:
            return End(Ending.DOUBT, type(error).__name__)
        message_id = str(mail.extra_headers.get("Message-ID", ""))
        return End(Ending.SENT, provider_id=message_id.strip("<>"))

    def close(self) -> None:
        with suppress(OSError):
            self.backend.close()
