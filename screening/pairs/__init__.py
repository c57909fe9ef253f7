"""One electrolyte with one cathode: contacts, interphase, and what the model of the cell takes."""
