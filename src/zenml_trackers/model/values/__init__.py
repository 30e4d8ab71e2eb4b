"""What users log, turned into what is stored: once, in the call, by name, whatever the tracker."""
