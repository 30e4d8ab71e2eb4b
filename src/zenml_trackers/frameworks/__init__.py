"""Callbacks and loggers by which training frameworks log to the step's run, a module a framework.

A module imports its framework, which has to be installed; nothing else of this package imports the module.
"""
