"""The suites, one for each chapter of the contract."""
