"""Studios, jobs, their life cycle, deadlines and history. Knows no other app of the project."""
