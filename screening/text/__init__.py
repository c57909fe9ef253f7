"""Batch files as documents, and places in them for error messages."""
