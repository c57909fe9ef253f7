"""Redraws of many pairs at once."""
