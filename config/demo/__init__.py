"""`make demo`: the whole product in one terminal, with believable data and a clock of its own."""
