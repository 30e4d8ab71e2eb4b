"""The compatibility matrix: the contract, and the documented page, on many releases of ZenML, Python and Trackio."""
