"""How it leaves: claimed, paced, handed over, settled, and what providers report."""
