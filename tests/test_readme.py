"""The front page shows the state machine as it is."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from jobstatus import diagram

README = Path(__file__).parent.parent / "README.md"


def test_L10_the_diagram_in_the_readme_is_the_state_machine() -> None:
    text = README.read_text("utf-8")

    assert diagram.drawn_into(text) == text, "Run: manage.py life_cycle README.md"


def test_L10_the_diagram_has_the_arrows_of_the_domain_and_no_other() -> None:
    arrows = {
        tuple(line.strip().split(":")[0].split(" --> "))
        for line in diagram.mermaid().splitlines()
        if " --> " in line and "[*]" not in line
    }

    assert arrows == {
        ("planning", "selling"),
        ("planning", "prepay"),
        ("planning", "archived"),
        ("planning", "planning"),  # a prepay job becomes a standard job
        ("selling", "planning"),
        ("selling", "archived"),
        ("prepay", "planning"),
        ("archived", "selling"),
        ("archived", "planning"),
    }


def test_the_command_draws_between_the_marks_and_keeps_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text(f"before\n{diagram.START}\nold\n{diagram.END}\nafter\n", "utf-8")

    call_command("life_cycle", file)

    text = file.read_text("utf-8")
    assert text == (
        f"before\n{diagram.START}\n```mermaid\n{diagram.mermaid()}\n```\n{diagram.END}\nafter\n"
    )


def test_the_command_prints_the_diagram_without_a_file() -> None:
    out = StringIO()

    call_command("life_cycle", stdout=out)

    assert out.getvalue() == f"{diagram.mermaid()}\n"


def test_a_file_without_the_marks_is_left_alone_with_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text("no marks", "utf-8")

    with pytest.raises(CommandError, match="marks of the life-cycle diagram are missing"):
        call_command("life_cycle", file)

    assert file.read_text("utf-8") == "no marks"


def test_every_picture_and_page_that_the_readme_names_exists() -> None:
    text = README.read_text("utf-8")
    targets = [part.split(")")[0] for part in text.split("](")[1:]]

    missing = [target for target in targets if not (README.parent / target).exists()]

    assert missing == []
