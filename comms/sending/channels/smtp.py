"""SMTP in phases, over the connection that Django's backend has opened and logged in to.

Until the final dot a message has not been sent, whatever happens: it is safe to begin anew. After
it only the server knows; without its answer the message is in doubt.
"""

import re
import smtplib
from collections.abc import Callable
from contextlib import suppress
from socket import IPPROTO_TCP, TCP_NODELAY
from ssl import SSLWantReadError

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

from comms.models.messages import REMARK_LENGTH
from comms.sending.channels.contract import Channel, End, Ending, Envelope, HandOver, Unreachable
from comms.texts import plain

OK, GO_ON, CLOSING, TOO_BIG = 250, 354, 421, 552
FIRST_TEMPORARY_CODE, FIRST_PERMANENT_CODE, FIRST_UNKNOWN_CODE = 400, 500, 600
ENDS_OF_LINES = re.compile(rb"\r\n|\r|\n")
DOTS_AT_START = re.compile(rb"^\.", re.MULTILINE)
SERVER_ENDED = "The server ended the connection before it had the message."
Judge = Callable[[int, str], End]


class _Refused(Exception):
    """An answer before the final dot that ends this attempt."""

    def __init__(self, code: int, end: End) -> None:
        super().__init__(end.remark)
        self.code, self.end = code, end


class SmtpChannel(Channel):
    def __init__(self, backend: EmailBackend) -> None:
        self.backend = backend
        self.is_fresh = True  # nothing was sent over this connection yet

    def open(self) -> None:
        if self.backend.connection is not None:
            return
        try:
            self.backend.open()
            self._smtp.ehlo_or_helo_if_needed()
            # The final dot is a packet of its own. Without this it would wait for the server to
            # acknowledge the one before, which servers put off: 40 ms for each message.
            self._smtp.sock.setsockopt(IPPROTO_TCP, TCP_NODELAY, True)  # type: ignore[union-attr] # is open
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise Unreachable(f"{type(error).__name__}: {error}") from error
        self.is_fresh = True

    def close(self) -> None:
        connection, self.backend.connection = self.backend.connection, None
        if connection is not None:
            with suppress(OSError, smtplib.SMTPException):
                connection.quit()
            self._drop(connection)

    def send(self, envelope: Envelope, hand_over: HandOver) -> End:
        mail = envelope.letter.email(envelope.address)
        encoding = mail.encoding or settings.DEFAULT_CHARSET
        sender = sanitize_address(mail.from_email, encoding)
        content = _ready(mail.message().as_bytes())
        was_fresh = self.is_fresh
        end = self._begin(sender, sanitize_address(envelope.address, encoding), content)
        # A server may end a connection that was used before. That says nothing of the message.
        is_cut = end is not None and end.what is Ending.LATER and self.backend.connection is None
        if is_cut and not was_fresh:
            self.open()
            end = self._begin(sender, sanitize_address(envelope.address, encoding), content)
        if end is not None:
            return end
        try:
            is_ours = hand_over()
        except BaseException:
            self._hang_up()
            raise
        if not is_ours:
            # Without the dot it is no message. Only the end of the connection can take it back.
            self._hang_up()
            return End(Ending.ABORTED)
        return self._finish(str(mail.extra_headers.get("Message-ID", "")))

    def _begin(self, sender: str, recipient: str, content: bytes) -> End | None:
        """Everything but the final dot. None if the server now waits for it."""
        self.is_fresh = False
        smtp = self._smtp
        try:
            size = [f"size={len(content)}"] if smtp.has_extn("size") else []
            self._expect(OK, smtp.mail(sender, size), self._of_sender)
            self._expect(OK, smtp.rcpt(recipient), self._of_recipient)
            self._expect(GO_ON, smtp.docmd("DATA"), self._of_content)
            smtp.send(content)
        except _Refused as refused:
            self._start_again(refused.code)
            return refused.end
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            return End(Ending.LATER, type(error).__name__)
        return None

    def _finish(self, message_id: str) -> End:
        smtp = self._smtp
        if self._has_news(smtp):
            # The server speaks first only to end it, and without the dot it has no message.
            self._hang_up()
            return End(Ending.LATER, SERVER_ENDED)
        try:
            # Servers check the content now, and take longer than for any other command.
            smtp.sock.settimeout(settings.EMAIL_REPLY_TIMEOUT)  # type: ignore[union-attr] # is open
            smtp.send(b".\r\n")
            code, text = smtp.getreply()
            smtp.sock.settimeout(self.backend.timeout)  # type: ignore[union-attr] # is open
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            return End(Ending.DOUBT, type(error).__name__)
        if code == OK:
            return End(Ending.SENT, provider_id=message_id.strip("<>"))
        if not FIRST_TEMPORARY_CODE <= code < FIRST_UNKNOWN_CODE:
            self._hang_up()
            return End(Ending.DOUBT, _remark(code, text))
        if code == CLOSING:
            self._hang_up()
        return self._of_content(code, _remark(code, text))

    def _has_news(self, smtp: smtplib.SMTP) -> bool:
        connection = smtp.sock
        if connection is None:
            return True
        connection.settimeout(0)
        try:
            connection.recv(1)
        except (BlockingIOError, SSLWantReadError):
            return False
        except OSError:
            return True
        finally:
            connection.settimeout(self.backend.timeout)
        return True

    def _expect(self, wanted: int, reply: tuple[int, bytes], judge: Judge) -> None:
        code, text = reply
        # 251: it will forward the message. 252 and the like do not come here.
        if code == wanted or (wanted == OK and code == OK + 1):
            return
        if not FIRST_TEMPORARY_CODE <= code < FIRST_UNKNOWN_CODE:
            raise smtplib.SMTPServerDisconnected(f"It does not speak SMTP: {code}")
        raise _Refused(code, judge(code, _remark(code, text)))

    @staticmethod
    def _of_sender(code: int, remark: str) -> End:
        """It refuses us, which a person can repair; only the size is a matter of the message."""
        return End(Ending.NEVER if code == TOO_BIG else Ending.LATER, remark)

    @staticmethod
    def _of_recipient(code: int, remark: str) -> End:
        is_never = code >= FIRST_PERMANENT_CODE
        return End(Ending.NEVER if is_never else Ending.LATER, remark, is_bounce=is_never)

    @staticmethod
    def _of_content(code: int, remark: str) -> End:
        return End(Ending.NEVER if code >= FIRST_PERMANENT_CODE else Ending.LATER, remark)

    def _start_again(self, code: int) -> None:
        """Ready for the next message on this connection, or without a connection."""
        if code == CLOSING:
            self._hang_up()
            return
        try:
            answer = self._smtp.rset()[0]
        except (OSError, smtplib.SMTPException):
            answer = -1
        if answer != OK:
            self._hang_up()

    def _hang_up(self) -> None:
        """At once: QUIT would be taken for content in the middle of a message."""
        connection, self.backend.connection = self.backend.connection, None
        if connection is not None:
            self._drop(connection)

    @staticmethod
    def _drop(connection: smtplib.SMTP) -> None:
        with suppress(OSError, smtplib.SMTPException):
            connection.close()

    @property
    def _smtp(self) -> smtplib.SMTP:
        connection = self.backend.connection
        if connection is None:
            raise smtplib.SMTPServerDisconnected("There is no connection.")
        return connection


def _ready(content: bytes) -> bytes:
    """As it goes over the line, up to the final dot."""
    lines = ENDS_OF_LINES.sub(b"\r\n", content)
    stuffed = DOTS_AT_START.sub(b"..", lines)
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"


def _remark(code: int, text: bytes) -> str:
    return plain.one_line(f"{code} {text.decode(errors='replace')}", REMARK_LENGTH)
