"""One process that serves pages for people and an interface for programs."""
