"""Phase tables: rows of compounds with energies, from files, pymatgen, or the package itself."""
