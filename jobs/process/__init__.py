"""What a program needs of its machine: processes, files that last, interruptions."""
