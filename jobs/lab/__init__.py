"""What the laboratory puts in and takes out: experiments, suggestions, calibrations."""
