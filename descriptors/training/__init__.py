"""How the prediction models that ship with the package are made."""
