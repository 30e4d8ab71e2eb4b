"""What is judged: a function a clause, from what a program must leave and what was seen to what differs."""
