"""That each broken tracker stores what its sentence says, and nothing else: by hand, without the suites.

A proof is called like the tracker. It drives the hooks, and after its `yield` it makes of what the reference stored
what the broken tracker must have stored.
"""
