"""Cells of a table that a spreadsheet program will open. Pure."""

# A cell that starts so is a formula to some spreadsheet program, also after white space.
_STARTS_OF_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def safe_cell(value: object) -> str:
    """The value as text that no spreadsheet program runs: an apostrophe stands before a formula.

    The text itself stays as it is. None is an empty cell. Numbers that should stay numbers are not
    passed through here.
    """
    text = "" if value is None else str(value)
    return f"'{text}" if _is_formula(text) else text


def reversible_cell(text: str) -> str:
    """As `safe_cell`, for a table that is read in again: `plain_cell` gives the text back."""
    return f"'{text}" if _is_formula(text.lstrip("'")) else text


def plain_cell(text: str) -> str:
    """The text without the apostrophe that kept it from being a formula."""
    return text[1:] if text.startswith("'") and _is_formula(text.lstrip("'")) else text


def _is_formula(text: str) -> bool:
    return text.startswith(_STARTS_OF_FORMULAS) or text.lstrip().startswith(_STARTS_OF_FORMULAS)
