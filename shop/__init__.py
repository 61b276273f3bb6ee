"""What parents see and buy: the page of a job, baskets. Knows jobstatus and no one above it."""
