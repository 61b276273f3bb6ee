"""Processes of the benchmark of delivery: `python -m benchmarks.mail_processes sink|ours|naive`.

A sender waits for a line on its input, sends, and prints what it did as JSON.
"""

import asyncio
import json
import os
import sys
from datetime import timedelta
from pathlib import Path

LONGEST_RUN = timedelta(minutes=5)
EARLY = 100  # messages after which the memory is read for the first time


async def sink() -> None:
    """Takes every mail and counts; tells its port, and then, whenever asked, the count."""
    taken = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal taken
        writer.write(b"220 sink\r\n")
        while line := await reader.readline():
            word = line[:4].upper()
            if word == b"DATA":
                writer.write(b"354 Go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                taken += 1
            elif word == b"QUIT":
                break
            writer.write(b"250 OK\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    say(server.sockets[0].getsockname()[1])
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        say(taken)


def ours() -> dict[str, float]:
    """What a worker's task does, slice after slice until nothing is due."""
    from comms.sending import delivery, line
    from jobstatus import clock

    early: list[float] = []
    settle = line.Line._settle

    def counted(*args: object) -> bool:
        seen.append(None)
        if len(seen) == EARLY:
            early.append(memory_mib())
        return settle(*args)  # type: ignore[arg-type]

    seen: list[None] = []
    line.Line._settle = counted  # type: ignore[method-assign, assignment]
    done = delivery.deliver(clock=clock.now, until=clock.now() + LONGEST_RUN)
    return {"done": done, "early": early[0] if early else memory_mib(), "late": memory_mib()}


def naive() -> dict[str, float]:
    """A task for each message, with a connection of its own; it asks for no truth and no pace."""
    from comms.models import Message
    from comms.texts import letters
    from jobstatus import clock

    number, of = map(int, sys.argv[2:4])
    keys = Message.objects.waiting().order_by("pk").values_list("pk", flat=True)
    mine = [key for key in keys if key % of == number]
    for key in mine:
        message = Message.objects.get(pk=key)
        letter = letters.write([message], at=clock.now())[key]
        assert isinstance(letter, letters.Letter)
        letter.email(message.address).send()
        message.status, message.finished_at = "sent", clock.now()
        message.subject, message.text = letter.subject, letter.text
        message.save()
    return {"done": len(mine), "early": 0, "late": 0}


def memory_mib() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def say(told: object) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def main() -> None:
    if sys.argv[1] == "sink":
        asyncio.run(sink())
        return
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.conf import settings

    settings.DEBUG = False
    say("ready")
    sys.stdin.readline()
    say({"ours": ours, "naive": naive}[sys.argv[1]]())


if __name__ == "__main__":
    main()
