"""Harnesses, so that anyone can run the contract on their own versions; they need the extra `contracts`."""
