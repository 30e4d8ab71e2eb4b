"""Trackio: the reference backend. All that touches Trackio's internals is in this folder."""
