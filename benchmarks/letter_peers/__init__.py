"""What the letters are compared with: another printer, and the compiler alone."""
