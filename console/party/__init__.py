"""Pages for people outside: parties at their case, and whoever reports something. Phone first, and whole without JavaScript."""
