"""Who may come in: accounts with a unit and roles, login, and the record of logins and denials."""
