"""Communication with customers. Sees the shop through shop.audience only."""
