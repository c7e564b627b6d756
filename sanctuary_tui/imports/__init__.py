"""What others keep, brought in: a tracker, planned row by row, or an archive of a caseload."""
