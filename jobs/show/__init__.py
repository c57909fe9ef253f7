"""How results look: tables, pages and plots for people."""
