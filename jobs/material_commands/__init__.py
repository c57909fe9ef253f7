"""Commands on single materials, pairs and cells: no batch is needed for them."""
