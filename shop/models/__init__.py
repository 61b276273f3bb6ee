"""The rows of the shop. Each subject has a small file; these are the public names."""

from shop.models.basket import Basket, BasketChild, BasketLine, BasketLineQuerySet, LinePicture
from shop.models.codes import AccessCode, GuessBudget
from shop.models.gallery import Album, Appearance, Photo, PhotoQuerySet, Subject
from shop.models.order_events import OrderEvent
from shop.models.orders import (
    Order,
    OrderCounter,
    OrderLine,
    OrderPicture,
    OrderQuerySet,
)
from shop.models.payments import Payment, ProviderEvent, Receipt
from shop.models.people import Contact, Customer
from shop.models.prepay import PrepayQuestion, PrepayShop, SameChild, SubjectAnswer
from shop.models.prices import Currency, PhotoRule, PriceList, Product, ProductKind
from shop.models.sorting import SortingStep
from shop.models.storage import DoomedFile, StorageQuota
from shop.models.storefront import Storefront, Terms, random_slug
from shop.models.uploads import Upload, UploadQuerySet

__all__ = [
    "AccessCode",
    "Album",
    "Appearance",
    "Basket",
    "BasketChild",
    "BasketLine",
    "BasketLineQuerySet",
    "Contact",
    "Currency",
    "Customer",
    "DoomedFile",
    "GuessBudget",
    "LinePicture",
    "Order",
    "OrderCounter",
    "OrderEvent",
    "OrderLine",
    "OrderPicture",
    "OrderQuerySet",
    "Payment",
    "Photo",
    "PhotoQuerySet",
    "PhotoRule",
    "PrepayQuestion",
    "PrepayShop",
    "PriceList",
    "Product",
    "ProductKind",
    "ProviderEvent",
    "Receipt",
    "SameChild",
    "SortingStep",
    "StorageQuota",
    "Storefront",
    "Subject",
    "SubjectAnswer",
    "Terms",
    "Upload",
    "UploadQuerySet",
    "random_slug",
]
