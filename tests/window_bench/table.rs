//! The one table that is printed.

/// Rows as they are measured.
#[derive(Default)]
pub(crate) struct Table(Vec<[String; 3]>);

impl Table {
    /// What was measured, how it came out, and what is wanted of it.
    pub(crate) fn add(&mut self, what: &str, came: &str, wanted: &str) {
        eprintln!("   {what}: {came}");
        self.0.push([what, came, wanted].map(str::to_owned));
    }

    /// A time in milliseconds: the median of several, and the longest.
    pub(crate) fn times(&mut self, what: &str, mut times: Vec<f64>, wanted: &str) {
        times.sort_by(f64::total_cmp);
        let (Some(longest), median) = (times.last(), times[times.len() / 2]) else {
            return;
        };
        let came = format!("{median:.0} ms, {longest:.0} ms at most of {}", times.len());
        self.add(what, &came, wanted);
    }

    pub(crate) fn print(&self) {
        let head = ["measured", "came to", "wanted"].map(str::to_owned);
        let rows = || std::iter::once(&head).chain(&self.0);
        let width = |at: usize| rows().map(|row| row[at].chars().count()).max().unwrap_or(0);
        let (first, second) = (width(0), width(1));
        for [what, came, wanted] in rows() {
            println!(
                "{}",
                format!("{what:<first$}  {came:<second$}  {wanted}").trim_end()
            );
        }
    }
}
