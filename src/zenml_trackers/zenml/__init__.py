"""ZenML's side: flavors, the lifecycle around a step, and the override. Nothing outside this folder imports ZenML."""
