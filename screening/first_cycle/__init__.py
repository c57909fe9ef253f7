"""The model of the first cycle: equations, priors, measured cells, calibration."""
