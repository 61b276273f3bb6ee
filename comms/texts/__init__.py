"""What is written: placeholders, the standard profiles, letters in each recipient's language."""
