"""From a choice to an order: baskets, their lines judged and reckoned, the checkout."""
