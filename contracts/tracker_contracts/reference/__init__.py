"""The reference: a whole experiment tracker that keeps every clause, small enough to be read at one sitting.

Begin with `component`, which is the part between ZenML and a tracker's library. `jot` is the library, `flavor` what
ZenML registers, `settings` and `config` what users may say, `values` what can be stored, `surroundings` what a step
borrows from its process and gives back.
"""
