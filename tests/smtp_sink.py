"""A mail server that fails on demand, line by line. It counts messages at the final dot."""

import asyncio
import re
import threading
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass

GREETING, HELLO, MAIL, RCPT, DATA, CONTENT, DOT = (
    "greeting", "ehlo", "mail", "rcpt", "data", "content", "dot"
)  # fmt: skip
LONG_SECONDS = 60  # longer than any client of the tests waits
REPLIES = {GREETING: "220 sink", HELLO: "250 sink", DATA: "354 Go on"}


@dataclass(frozen=True)
class Taken:
    at: float  # of time.time
    message_id: str
    recipient: str
    content: bytes


class Hangup(Exception):
    pass


class SmtpSink:
    """Use as a context manager. `script[stage]` are answers that are used up in turn: a reply, or
    "drop", "hang", "garbage", "slow 0.3" (and then as usual), "250 drop" (answers, then ends).

    `decide(stage)` is asked first, if it is set, and may return such an answer or None.
    `on_dot` is called with each message that was taken, before the answer.
    """

    def __init__(self, port=0):
        self.port, self.taken, self.script = port, [], defaultdict(list)
        self.decide = self.on_dot = None
        self.connections, self.recipient = 0, ""  # that was named last, by anybody
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.started = threading.Event()

    def __enter__(self):
        self.thread.start()
        assert self.started.wait(10)
        return self

    def __exit__(self, *error):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)

    def ids(self):
        return [taken.message_id for taken in list(self.taken)]

    def recipients(self):
        return [taken.recipient for taken in list(self.taken)]

    def _run(self):
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", self.port)
        )
        self.port = server.sockets[0].getsockname()[1]
        self.started.set()
        self.loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()

    async def _serve(self, reader, writer):
        self.connections += 1
        with suppress(Hangup, ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self._talk(reader, writer)
        writer.transport.abort()

    async def _talk(self, reader, writer):
        await self._answer(GREETING, writer)
        recipient = ""
        while line := await reader.readline():
            word = line[:4].strip().upper()
            if word in (b"EHLO", b"HELO"):
                await self._answer(HELLO, writer)
            elif word == b"MAIL":
                await self._answer(MAIL, writer)
            elif word == b"RCPT":
                self.recipient = recipient = re.search(rb"<(.*?)>", line)[1].decode()
                await self._answer(RCPT, writer)
            elif word == b"DATA":
                if await self._answer(DATA, writer):
                    await self._content(reader, writer, recipient)
            elif word == b"QUIT":
                return
            else:
                writer.write(b"250 OK\r\n")

    async def _content(self, reader, writer, recipient):
        lines = [await reader.readline()]
        await self._answer(CONTENT, writer)
        while lines[-1] != b".\r\n":
            lines.append(await reader.readline())
            if not lines[-1]:
                raise Hangup
        content = b"".join(line[1:] if line[:1] == b"." else line for line in lines[:-1])
        found = re.search(rb"^Message-ID:\s*(\S+)", content, re.MULTILINE | re.IGNORECASE)
        answer = self._next(DOT)
        if not (answer and re.match("[45]", answer)):
            self.taken.append(Taken(time.time(), found[1].decode(), recipient, content))
            if self.on_dot:
                self.on_dot(self.taken[-1])
        await self._do(DOT, answer, writer)

    def _next(self, stage):
        answer = self.decide(stage) if self.decide else None
        return answer or (self.script[stage].pop(0) if self.script[stage] else None)

    async def _answer(self, stage, writer):
        return await self._do(stage, self._next(stage), writer)

    async def _do(self, stage, answer, writer):
        """True if the client may go on."""
        usual = REPLIES.get(stage, "250 OK")
        if answer == "drop":
            raise Hangup
        if answer == "hang":
            await asyncio.sleep(LONG_SECONDS)
            raise Hangup
        if answer and answer.startswith("slow"):
            await asyncio.sleep(float(answer.split()[1]))
            answer = None
        if answer == "garbage":
            usual = "HTTP/1.1 400 Bad Request"
        if answer == "250 drop":
            answer = usual
            writer.write(f"{usual}\r\n".encode())
            await writer.drain()
            await asyncio.sleep(0.05)
            raise Hangup
        if stage == CONTENT and not answer:
            return True
        writer.write(f"{answer if answer and answer != 'garbage' else usual}\r\n".encode())
        await writer.drain()
        if answer and answer.startswith("421"):
            raise Hangup
        return answer is None
