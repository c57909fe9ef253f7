"""Many candidates, many users: batches, the store that people query, and the command line."""
