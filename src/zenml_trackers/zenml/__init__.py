"""ZenML's side: flavors, the lifecycle around a step, and the seat. Nothing outside this folder imports ZenML."""
