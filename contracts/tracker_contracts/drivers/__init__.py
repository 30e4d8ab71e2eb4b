"""Where steps are executed: in this process, as a pipeline, or in a process of their own."""
