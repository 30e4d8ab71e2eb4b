"""A tracker that keeps the contract, and broken ones, each named for its defect: proof that the suites can fail."""
