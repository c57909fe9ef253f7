"""The folder of results: specs, ledger, the one writer, the published copy."""
