"""What people submit: a batch file, its candidates, and the pairs that follow."""
