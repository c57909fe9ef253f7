"""What a whole cell is: layers, energy, change of volume, supply of its elements."""
