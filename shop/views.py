from django.http import HttpRequest, HttpResponse


def job(request: HttpRequest, slug: str) -> HttpResponse:
    raise NotImplementedError
