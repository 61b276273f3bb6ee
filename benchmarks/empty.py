"""The product's addresses, and one whose view does nothing: what Django itself costs."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config import urls


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


urlpatterns = [path("empty/", empty), *urls.urlpatterns]
