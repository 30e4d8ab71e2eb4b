"""Training frameworks, their real releases, in real steps: how much of what they log reaches the run of the step."""
