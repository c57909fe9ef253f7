"""Materials by name, and what is measured or assumed of them."""
