"""The tables that people query: names, units, meanings."""
