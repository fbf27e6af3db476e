"""Organismes, people, accounts and roles."""
