"""Commands of the program: each reads its arguments, calls, prints."""
