"""Where photos lie: how much room there is, what is deleted when, and whether nothing is lost."""
