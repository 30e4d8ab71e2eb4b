"""What a contract run comes to: the verdicts, the report, and how it is shown."""
