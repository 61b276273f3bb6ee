"""The shop before the photos exist: who gets in, for which children, what they order."""
