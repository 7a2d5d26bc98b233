//! Faults, placed: a process killed at a counted call, answers lost on purpose, disks that are full.

mod killed;
mod lost_answers;
