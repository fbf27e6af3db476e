"""The list as each person wants it: chosen columns, saved views."""
