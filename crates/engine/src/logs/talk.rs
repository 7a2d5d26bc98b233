//! What takes the program's events: fields of spans are kept with them, an event becomes a line in the file and
//! one on the console.

use std::{
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
};

use connector_kit::Clock;
use serde_json::{Map, Value};
use tracing::{
    Event, Level, Metadata, Subscriber,
    level_filters::LevelFilter,
    span::{Attributes, Id, Record},
    subscriber::Interest,
};
use tracing_appender::non_blocking::NonBlocking;
use tracing_subscriber::{
    Layer,
    layer::Context,
    registry::{LookupSpan, SpanRef},
};

use super::{
    Console, LogLevel,
    line::{Fields, Line},
};
use crate::secrets::Redaction;

/// Below every level.
pub(super) const SILENT: u8 = u8::MAX;

/// Whose lower levels are of interest; of other crates' only warnings and errors are.
const OURS: [&str; 7] = [
    "engine",
    "connector_kit",
    "connectors",
    "processflow",
    "cli",
    "sandbox_store",
    "desktop",
];

pub(super) struct Talk {
    pub(super) file: Option<NonBlocking>,
    pub(super) file_level: Arc<AtomicU8>,
    pub(super) console: Console,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) redaction: &'static Redaction,
}

struct SpanFields(Map<String, Value>);

impl Talk {
    fn to_file(&self, metadata: &Metadata<'_>) -> bool {
        wanted(metadata, self.file_level.load(Ordering::Relaxed))
    }

    fn to_console(&self, metadata: &Metadata<'_>) -> bool {
        wanted(metadata, self.console.level.map_or(SILENT, |level| level as u8))
    }

    fn tell(&self, event: &Event<'_>, line: &Line) {
        if self.to_file(event.metadata())
            && let Some(file) = &self.file
        {
            // The queue counts what it has no room for.
            drop(file.clone().write_all(line.text().as_bytes()));
        }
        if self.to_console(event.metadata()) {
            self.console.show(line);
        }
    }
}

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Talk {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        // Worked out once per place in the code; a change of level works it out again.
        if metadata.is_span() || self.to_file(metadata) || self.to_console(metadata) {
            Interest::always()
        } else {
            Interest::never()
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.is_span() || self.to_file(metadata) || self.to_console(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        let console = self.console.level.map_or(SILENT, |level| level as u8);
        let file = self.file_level.load(Ordering::Relaxed);
        let most = [file, console].into_iter().filter(|level| *level != SILENT).max();
        // A run's span is an info span, and a warning in it needs its id.
        Some(most.map_or(LevelFilter::OFF, |level| {
            level_filter(level).max(LevelFilter::INFO)
        }))
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Map::new();
        attributes.record(&mut Fields {
            into: &mut fields,
            redaction: self.redaction,
        });
        span.extensions_mut().insert(SpanFields(fields));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(fields) = span.extensions_mut().get_mut::<SpanFields>() {
            values.record(&mut Fields {
                into: &mut fields.0,
                redaction: self.redaction,
            });
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Map::new();
        for span in context
            .event_scope(event)
            .into_iter()
            .flat_map(tracing_subscriber::registry::Scope::from_root)
        {
            take_fields(&span, &mut fields);
        }
        event.record(&mut Fields {
            into: &mut fields,
            redaction: self.redaction,
        });
        let metadata = event.metadata();
        let line = Line::of(
            self.clock.now(),
            level(*metadata.level()),
            metadata.target(),
            fields,
        );
        self.tell(event, &line);
    }
}

fn take_fields<'s, S: LookupSpan<'s>>(span: &SpanRef<'s, S>, into: &mut Map<String, Value>) {
    if let Some(fields) = span.extensions().get::<SpanFields>() {
        // What a span calls its message is none of the event's.
        let own = fields.0.iter().filter(|(name, _)| *name != "message");
        into.extend(own.map(|(name, value)| (name.clone(), value.clone())));
    }
}

fn wanted(metadata: &Metadata<'_>, least: u8) -> bool {
    if least == SILENT {
        return false;
    }
    let root = metadata.target().split("::").next().unwrap_or_default();
    let least = if OURS.contains(&root) {
        least
    } else {
        least.min(LogLevel::Warn as u8)
    };
    level(*metadata.level()) as u8 <= least
}

fn level(level: Level) -> LogLevel {
    match level {
        Level::ERROR => LogLevel::Error,
        Level::WARN => LogLevel::Warn,
        Level::INFO => LogLevel::Info,
        Level::DEBUG => LogLevel::Debug,
        Level::TRACE => LogLevel::Trace,
    }
}

fn level_filter(level: u8) -> LevelFilter {
    const FILTERS: [LevelFilter; 5] = [
        LevelFilter::ERROR,
        LevelFilter::WARN,
        LevelFilter::INFO,
        LevelFilter::DEBUG,
        LevelFilter::TRACE,
    ];
    FILTERS
        .get(usize::from(level))
        .copied()
        .unwrap_or(LevelFilter::OFF)
}
