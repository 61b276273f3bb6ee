"""Photos for orders that were placed before the photos existed (P2).

Chosen by the product's rule, shown before anything is written, held until they are complete, and
released for production. docs/decisions/030 tells why it is done this way.
"""
