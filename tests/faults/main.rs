//! Faults, placed: a process killed at a counted call, answers lost on purpose, a quota that others use up.

mod killed;
mod lost_answers;
mod plan_limit;
mod storms;
mod token;
