//! Faults, placed: a process killed at a counted call, answers lost on purpose, a quota that others use up.

mod killed;
mod lost_answers;
mod plan_limit;
mod storms;
mod token;

/// New customers out of a file into the store: creations, which nothing can undo.
const CUSTOMERS_TO_STORE: &str = "
processflow: customers-to-store
connections: { crm: files, store: bigcommerce }
steps:
  - read: { action: crm/csv.read, with: { file: customers.csv } }
  - write:
      action: store/customer.create
      map: { email: EMAIL, first_name: FIRST, last_name: LAST }
";
