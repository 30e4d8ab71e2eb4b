"""What is done to a tracker's backend while a step runs: it is out of reach, or it goes away."""
