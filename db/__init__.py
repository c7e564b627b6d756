"""The encrypted caseload: keys, connection, records, the one store for writes, and reads."""
