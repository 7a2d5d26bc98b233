//! Faults, placed: a process killed at a counted call, answers lost on purpose.

mod killed;
mod lost_answers;
