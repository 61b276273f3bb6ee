"""What an order brings: its page, its e-mails, its files, and tables for the studio."""
