"""What leaves the caseload: CSV, the weekly MARAC list, its protected forms, and the register."""
