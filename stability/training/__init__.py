"""What makes the correction of energies anew from files that the user names."""
