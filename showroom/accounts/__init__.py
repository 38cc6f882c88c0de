"""Who may: guests, accounts, sessions, API tokens and their scopes."""
