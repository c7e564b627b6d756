"""Measures every figure of design section 8 that has a number: ``python -m benchmarks``."""
