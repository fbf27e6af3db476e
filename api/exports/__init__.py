"""The list as a file: read slice by slice, written as it is read, whatever its length."""
