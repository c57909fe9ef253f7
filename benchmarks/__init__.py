"""How fast the program is, and how much faster than its peers: `python -m benchmarks engine`."""
