"""How the console's process tells its parent why it ended. Imports nothing."""

LOCK_EXIT = 75
"""Exit status of a child that locked: start a fresh one."""
CRASH_EXIT = 70
"""Exit status of a child that crashed and said so."""
