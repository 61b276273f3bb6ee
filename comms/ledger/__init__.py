"""Who is written to and when: planned, counted, and asked again before it is sent."""
