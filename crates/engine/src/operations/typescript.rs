//! The list of operations as TypeScript, for the desktop's panels: each type once, by name, with what its comment
//! says, and one interface that leads from an operation's name to its input and output.

use std::{collections::BTreeMap, fmt::Write};

use ts_rs::{Config, TS, TypeVisitor};

/// All operations and their types as one TypeScript file.
pub fn typescript() -> String {
    let mut types = Types::new();
    super::told(&mut types);
    types.file()
}

/// Types and operations as they are collected.
pub(super) struct Types {
    config: Config,
    /// Name → declaration, with its comment.
    types: BTreeMap<String, String>,
    operations: String,
}

impl Types {
    fn new() -> Self {
        Self {
            // Counts and sizes; none comes near 2^53.
            config: Config::new().with_large_int("number"),
            types: BTreeMap::new(),
            operations: String::new(),
        }
    }

    /// Adds an operation with everything its input and output are made of.
    pub(super) fn operation<I: TS + 'static, O: TS + 'static>(&mut self, name: &str) {
        self.take::<I>();
        self.take::<O>();
        let (input, output) = (I::name(&self.config), O::name(&self.config));
        writeln!(
            self.operations,
            "  {name}: {{ input: {input}; output: {output} }};"
        )
        .expect("text takes everything");
    }

    fn take<T: TS + 'static + ?Sized>(&mut self) {
        self.visit::<T>();
        T::visit_generics(self);
    }

    fn file(self) -> String {
        let mut file = String::from(HEAD);
        for declaration in self.types.values() {
            file.push_str(declaration);
            file.push('\n');
        }
        file.push_str("/** Every operation by name: what it takes and what it answers. */\n");
        write!(file, "export interface Operations {{\n{}}}\n", self.operations)
            .expect("text takes everything");
        file
    }
}

const HEAD: &str = "// Made from the engine's list of operations by its tests. Changes here are lost.\n\n";

impl TypeVisitor for Types {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // What has no file of its own is one of TypeScript's types.
        if T::output_path().is_none() {
            return;
        }
        let name = T::ident(&self.config);
        if self.types.contains_key(&name) {
            return;
        }
        let comment = T::docs().unwrap_or_default();
        let declaration = format!("{comment}export {}\n", T::decl(&self.config));
        self.types.insert(name, laid_out(&declaration));
        T::visit_dependencies(self);
    }
}

/// A comment of one sentence takes one line, and fields stand indented.
fn laid_out(declaration: &str) -> String {
    let mut depth = 0usize;
    let mut out = String::new();
    let text = declaration.replace(", }", ",\n}").replace("/**\n * ", "/** ");
    for line in text.lines().map(str::trim) {
        if line == "*/" {
            out.truncate(out.trim_end().len());
            out.push_str(" */\n");
            continue;
        }
        depth = depth.saturating_sub(usize::from(line.starts_with('}')));
        let star = if line.starts_with("* ") { " " } else { "" };
        writeln!(out, "{}{star}{line}", "  ".repeat(depth)).expect("text takes everything");
        depth += usize::from(line.ends_with('{'));
    }
    out
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    #[test]
    fn the_panels_types_are_those_of_the_operations() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/api/generated/operations.ts");
        let now = super::typescript();
        // A checkout on Windows may carry other line ends.
        let before = fs::read_to_string(&file)
            .unwrap_or_default()
            .replace("\r\n", "\n");
        if before != now {
            fs::create_dir_all(file.parent().expect("it has a folder")).expect("is made");
            fs::write(&file, now).expect("is written");
            panic!(
                "{} was stale and is written anew: look at it and commit it",
                file.display()
            );
        }
    }
}
