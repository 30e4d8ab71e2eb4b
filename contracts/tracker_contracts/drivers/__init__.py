"""How a step is executed while a clause is tried."""
