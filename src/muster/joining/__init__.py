"""Other people's files and messages become events of the book, or come back with their reason."""
