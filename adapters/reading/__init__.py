"""Where strangers' bytes are read: processes of their own."""
