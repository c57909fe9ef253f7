"""What one solid electrolyte is: conductivity, moduli, band gap, how it densifies."""
