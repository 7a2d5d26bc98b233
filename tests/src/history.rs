//! History that was written straight into the state database, for nobody waits that long.

/// Counts the runs anew, hour by hour: what the plot of records over time is drawn from.
pub const COUNT_ACTIVITY: &str = "DELETE FROM activity;
    INSERT INTO activity SELECT substr(started_at, 1, 13), processflow, sum(written), sum(unchanged),
        sum(read - written - unchanged - failed), sum(failed) FROM run GROUP BY 1, 2;";
