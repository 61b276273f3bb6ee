"""A parent's browser without JavaScript, for shops that run in processes of their own."""

import re
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from urllib.parse import urlencode

HIDDEN = re.compile(r'<input\s[^>]*type="hidden"[^>]*>')
MEDIA = re.compile(r'(?:src|href)="(/shop/media/[^"]+)"')


class Parent:
    def __init__(self, shop: str) -> None:
        self.shop = shop
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> tuple[int, str]:
        return self._open(urllib.request.Request(self.shop + path))

    def post(self, path: str, fields: list[tuple[str, str]]) -> tuple[int, str]:
        return self._open(
            urllib.request.Request(
                self.shop + path,
                data=urlencode(fields).encode(),
                headers={"Referer": self.shop + path},
            )
        )

    def _open(self, request: urllib.request.Request) -> tuple[int, str]:
        try:
            with self.opener.open(request, timeout=20) as response:
                return response.status, response.read().decode(errors="replace")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode(errors="replace")


def hidden_fields(html: str) -> list[tuple[str, str]]:
    """The hidden inputs of a page with one form, or of all its forms together."""
    found = []
    for tag in HIDDEN.findall(html):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            found.append((name[1], value[1] if value else ""))
    return found


def token(html: str) -> list[tuple[str, str]]:
    return [pair for pair in hidden_fields(html) if pair[0] == "csrfmiddlewaretoken"][:1]


def pictures(html: str) -> list[str]:
    return MEDIA.findall(html)
