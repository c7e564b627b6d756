"""Reusable widgets that know records and read models, never the store."""
