"""The flavor `trackio`."""
