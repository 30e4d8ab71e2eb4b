"""From a run to its trackers: a journal that a call has reached when it returns, and a sender for each tracker."""
