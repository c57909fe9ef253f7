"""What computes spans of pairs: processes of this machine, or Ray."""
