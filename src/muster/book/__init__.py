"""What happened: events, moves, counts and balances, and a log that nobody can change unseen. No files, no SQL."""
