"""What may be wrong with a machine or a store, and the safe next step."""
