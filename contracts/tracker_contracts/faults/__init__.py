"""What no program can be: resumed runs, kills, outages, and any interleaving of steps; a trial for each."""
