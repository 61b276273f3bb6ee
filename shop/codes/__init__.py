"""Access codes: spelled, given out, printed, guessed at, and what they are entered for."""
