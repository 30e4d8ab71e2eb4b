"""What is tried: programs, each of which is a sentence of named values, and what makes them."""
