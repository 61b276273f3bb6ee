"""The page on which a person pays in the demo. It says that no money moves."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import override

from shop import money

STYLE = """
:root { color-scheme: light dark; --ink: #1c2530; --paper: #fff; --soft: #5a6572; --go: #0b6b4f; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #eef2f6; --paper: #1b222b; --soft: #a9b4c0; --go: #2f9e7d; }
}
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #dfe6ee;
  color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
@media (prefers-color-scheme: dark) { body { background: #10151b; } }
main { box-sizing: border-box; width: min(26rem, 100% - 2rem); padding: 2rem; margin: 1rem;
  background: var(--paper); border-radius: 1rem; box-shadow: 0 1rem 3rem #0003; }
h1 { margin: 0.5rem 0 0; font-size: 1.125rem; font-weight: 500; color: var(--soft); }
.amount { margin: 0; font-size: 2.5rem; font-weight: 600; }
.demo { padding: 0.75rem 1rem; border-radius: 0.5rem; background: #fff3cd; color: #4d3b00; }
button { width: 100%; min-height: 3rem; margin-top: 0.75rem; border: 0; border-radius: 0.5rem;
  font: inherit; font-weight: 600; color: #fff; background: var(--go); cursor: pointer; }
button.quiet { background: none; color: inherit; border: 1px solid var(--soft); }
"""
PAGE = """<!doctype html>
<html lang="{language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><link rel="icon" href="data:,">
<title>{title}</title><style>{style}</style></head>
<body><main>
<p class="demo">{notice}</p>
<h1>{title}</h1>
<p class="amount">{amount}</p>
{rest}
</main></body></html>"""
FORM = """<form method="post">
<button name="action" value="pay">{pay}</button>
<button class="quiet" name="action" value="cancel">{cancel}</button>
</form>"""


def html(page: dict[str, Any], *, message: str = "") -> str:
    language = page["locale"] or "en"
    with override(language):
        amount = money.written(page["amount_total"], page["currency"].upper())
        return format_html(
            PAGE,
            language=language,
            style=SafeString(STYLE),
            title=page["_title"],
            amount=amount,
            notice=_("This is a demo of a payment page. No money moves, and no card is asked for."),
            rest=_rest(page, amount, message),
        )


def _rest(page: dict[str, Any], amount: str, message: str) -> str:
    if page["status"] != "open" or message:
        return format_html("<p>{}</p>", _("This page is closed. Please go back to your order."))
    return format_html(FORM, pay=_("Pay %(amount)s") % {"amount": amount}, cancel=_("Cancel"))
