"""What people and machines reach: pages, JSON, sign-in, settings, command line, migrations."""
