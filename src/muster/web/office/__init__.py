"""The administrator's pages: people, units, languages, backups, and what was changed of them."""
