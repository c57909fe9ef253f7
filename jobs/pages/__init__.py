"""Pages for people: the same functions as the interface for programs, rendered."""
