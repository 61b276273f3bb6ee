"""Files come in: received piece by piece, taken by workers, cleaned up."""
