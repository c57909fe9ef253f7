"""What a composite is: volumes, pores, carbon surface, paths for electrons and ions."""
