"""The provider that the settings choose."""

from functools import lru_cache

from django.conf import settings
from django.utils.translation import gettext as _

from shop.models import Terms
from shop.payments.provider import Provider, ProviderUnavailable
from shop.payments.stripe_checkout import StripeCheckout


def is_available(terms: Terms | None) -> bool:
    """Whether this studio's customers can pay by card: it wants that, and the keys are set."""
    return terms is not None and terms.card_enabled and _is_configured()


def chosen_provider(name: str = StripeCheckout.name) -> Provider:
    """By its name in an address. Raises ProviderUnavailable when there is none or has no keys."""
    if name != StripeCheckout.name or not _is_configured():
        raise ProviderUnavailable(_("Payment by card is not available at the moment."))
    return _stripe(
        settings.STRIPE_SECRET_KEY, tuple(settings.STRIPE_WEBHOOK_SECRETS), settings.STRIPE_API_BASE
    )


def _is_configured() -> bool:
    return bool(settings.STRIPE_SECRET_KEY and settings.STRIPE_WEBHOOK_SECRETS)


@lru_cache(maxsize=4)  # one client for all requests: it keeps its connections
def _stripe(secret_key: str, webhook_secrets: tuple[str, ...], api_base: str) -> StripeCheckout:
    return StripeCheckout(secret_key=secret_key, webhook_secrets=webhook_secrets, api_base=api_base)
