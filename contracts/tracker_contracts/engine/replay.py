"""The command that shows a counterexample again."""

from __future__ import annotations

from tracker_contracts.profiles import Profile


def replay(spec: str, clause: str, profile: Profile, seed: int | None) -> str:
    """What to type, so that no program is executed; without a seed the same examples are tried each time."""
    command = f"tracker-contracts check {spec} --clause {clause} --profile {profile.name} --budget 0"
    return command if seed is None else f"{command} --seed {seed}"


def replay_of(spec: str, program: str) -> str:
    """What to type for one program."""
    return f'tracker-contracts check {spec} --program "{program}"'
