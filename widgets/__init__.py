"""Reusable Textual widgets: they draw records and read models, and post messages; no queries."""
