"""What people are told: the wording of every notice, as plain text and as HTML."""
