"""Letters, job sheets and sheets for the survivor, made from a case by template (domain 5 to 8)."""
