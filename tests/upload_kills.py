"""A worker of its own that is killed in the middle of a photo. `python -m tests.upload_kills`."""

import os
import signal
import sys

import django


def main() -> None:
    django.setup()
    from django.core.files.storage import storages

    from jobstatus import clock
    from shop.uploads import taking

    storage = storages["private"]
    save, files = storage.save, []

    def save_some(name, content, **values):
        files.append(save(name, content, **values))
        if len(files) == int(sys.argv[1]):
            os.kill(os.getpid(), signal.SIGKILL)
        return files[-1]

    storage.save = save_some
    if int(sys.argv[1]) == 0:
        taking._write = lambda *args: os.kill(os.getpid(), signal.SIGKILL)
    taking.take_next(clock=clock.now)


if __name__ == "__main__":
    main()
