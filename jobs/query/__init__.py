"""Questions in SQL, in a sandbox, and their answers as files."""
