"""Backup and restore: one file that any database of the program can be made again from."""
