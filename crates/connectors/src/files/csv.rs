//! CSV: rows of cells with a separator, as ERPs and spreadsheets write and read them.

mod cells;
mod read;
mod record;
mod write;

pub use read::CsvRead;
pub use write::CsvWrite;
