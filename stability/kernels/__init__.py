"""Compiled kernels: linear programs over the phases of a chemical system."""
