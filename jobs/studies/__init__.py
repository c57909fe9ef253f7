"""What people ask beside a batch, and before one: what if, how many, how long, what differs."""
