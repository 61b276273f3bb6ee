"""The rows of the shop. Each subject has a small file; these are the public names."""

from shop.models.basket import Basket, BasketLine, BasketLineQuerySet, LinePicture
from shop.models.codes import AccessCode, GuessBudget
from shop.models.gallery import Album, Appearance, Photo, PhotoQuerySet, Subject
from shop.models.orders import Order, OrderCounter, OrderEvent, OrderLine, OrderPicture
from shop.models.payments import Payment, ProviderEvent, Receipt
from shop.models.people import Contact, Customer
from shop.models.prices import Currency, PriceList, Product, ProductKind
from shop.models.storefront import Storefront, Terms, random_slug

__all__ = [
    "AccessCode",
    "Album",
    "Appearance",
    "Basket",
    "BasketLine",
    "BasketLineQuerySet",
    "Contact",
    "Currency",
    "Customer",
    "GuessBudget",
    "LinePicture",
    "Order",
    "OrderCounter",
    "OrderEvent",
    "OrderLine",
    "OrderPicture",
    "Payment",
    "Photo",
    "PhotoQuerySet",
    "PriceList",
    "Product",
    "ProductKind",
    "ProviderEvent",
    "Receipt",
    "Storefront",
    "Subject",
    "Terms",
    "random_slug",
]
