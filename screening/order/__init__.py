"""Which pair comes first, why, and which cell to make next."""
