"""What is known of a pair, as columns and records."""
