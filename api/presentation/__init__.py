"""From what the services and queries say to what a page shows."""
