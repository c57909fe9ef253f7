"""Phase tables from the Materials Project and from files, kept as snapshots."""
