"""Where files of evidence lie, and what they are."""
