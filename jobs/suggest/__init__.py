"""Which cells to make next: suggestions, the sheet, what became of them."""
