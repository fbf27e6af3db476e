"""The association's members: structures or people, from when to when, and what they owe."""
