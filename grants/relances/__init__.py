"""What the clock does by itself: timed and automatic actions."""
