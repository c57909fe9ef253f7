"""The work of a batch: chunks, their order, their rows."""
