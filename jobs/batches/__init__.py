"""Batches from submission to the published result: driver, runs, supervision."""
