"""Tables, migrations and the one connection to the database."""
