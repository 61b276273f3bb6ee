"""Cells of a table that a spreadsheet program will open. Pure."""

# A cell that starts so is a formula to some spreadsheet program, also after white space.
_STARTS_OF_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def safe_cell(value: object) -> str:
    """The value as text that no spreadsheet program runs: an apostrophe stands before a formula.

    The text itself stays as it is. None is an empty cell. Numbers that should stay numbers are not
    passed through here.
    """
    text = "" if value is None else str(value)
    if text.startswith(_STARTS_OF_FORMULAS) or text.lstrip().startswith(_STARTS_OF_FORMULAS):
        return f"'{text}"
    return text
