"""What somebody may see of what is held about them: gathered, decided by a person, written."""
