"""The demo's broker: several processes on one folder."""

from pathlib import Path
from typing import Any

from kombu import Connection

import config.celery  # noqa: F401 -- it puts the demo's transport in kombu's place


class Onlooker:
    """Looks into the folder at the moment at which the message that it is part of is written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seen: list[list[str]] = []

    def __json__(self) -> str:
        self.seen.append([path.name for path in self.folder.glob("[!.]*.msg")])
        return "tick"


def channel(folder: Path) -> Any:
    options = {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        "store_processed": True,
        "processed_folder": str(folder / "taken"),
        "control_folder": str(folder / "control"),
    }
    (folder / "taken").mkdir()
    return Connection("filesystem://", transport_options=options).default_channel


def test_a_reader_never_meets_a_message_that_is_only_half_written(tmp_path: Path) -> None:
    queue, onlooker = channel(tmp_path), Onlooker(tmp_path)

    queue._put("ticks", {"body": onlooker})

    assert onlooker.seen == [[]]
    assert queue._size("ticks") == 1
    assert queue._get("ticks") == {"body": "tick"}


def test_what_is_still_a_draft_is_passed_over(tmp_path: Path) -> None:
    queue = channel(tmp_path)
    (tmp_path / ".1_draft.ticks.msg").write_text("")

    queue._put("ticks", {"body": "tick"})

    assert queue._get("ticks") == {"body": "tick"}
    assert queue._size("ticks") == 0
