//! The steps of a file in their order, those inside of others too: their numbers, and the ways to them. Told by the
//! text alone, so that a file with mistakes has an outline too.

use super::yaml::Node;

/// A step at its place.
#[derive(Clone, Debug)]
pub(crate) struct Placed<'n> {
    /// `3`; inside a branch `3.2.1` (step, way, step), inside a list `4.1`.
    pub(crate) number: String,
    /// The way from the top of the file: `steps/2/branch/1/steps/0`.
    pub(crate) path: String,
    /// The number of the step it lies in.
    pub(crate) inside: Option<String>,
    /// The way of the branch it lies on, from 1.
    pub(crate) way: Option<usize>,
    /// The step.
    pub(crate) node: &'n Node,
}

/// Steps within steps at most: deeper ones nobody can read.
pub(crate) const DEEPEST: usize = 8;

/// All steps of a file.
pub(crate) fn steps(root: &Node) -> Vec<Placed<'_>> {
    let mut all = Vec::new();
    if let Some(steps) = root.get("steps") {
        let top = Level {
            prefix: String::new(),
            path: "steps".to_owned(),
            inside: None,
            way: None,
            depth: 0,
        };
        top.add(steps, &mut all);
    }
    all
}

struct Level {
    prefix: String,
    path: String,
    inside: Option<String>,
    way: Option<usize>,
    depth: usize,
}

impl Level {
    fn add<'n>(&self, steps: &'n Node, all: &mut Vec<Placed<'n>>) {
        for (at, node) in steps.elements().iter().enumerate() {
            let number = format!("{}{}", self.prefix, at + 1);
            let path = format!("{}/{at}", self.path);
            all.push(Placed {
                number: number.clone(),
                path: path.clone(),
                inside: self.inside.clone(),
                way: self.way,
                node,
            });
            if self.depth < DEEPEST {
                self.below(node, &number, &path, all);
            }
        }
    }

    fn below<'n>(&self, node: &'n Node, number: &str, path: &str, all: &mut Vec<Placed<'n>>) {
        let level = |prefix: String, path: String, way: Option<usize>| Self {
            prefix,
            path,
            inside: Some(number.to_owned()),
            way,
            depth: self.depth + 1,
        };
        let ways = node.get("branch").map_or(&[][..], Node::elements);
        for (at, way) in ways.iter().enumerate() {
            if let Some(steps) = way.get("steps") {
                let prefix = format!("{number}.{}.", at + 1);
                level(prefix, format!("{path}/branch/{at}/steps"), Some(at + 1)).add(steps, all);
            }
        }
        if let Some(steps) = node.get("for_each").and_then(|each| each.get("steps")) {
            level(format!("{number}."), format!("{path}/for_each/steps"), None).add(steps, all);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::processflow::yaml::Document;

    #[test]
    fn steps_inside_of_steps_have_numbers_and_ways() {
        let text = "steps:
  - read: { action: store/orders.changed }
  - branch:
      - when: id == 1
        steps: [{ skip: { when: true, reason: no } }, { delay: 1 s }]
      - steps: [{ for_each: { in: lines, steps: [{ set: { a: 1 } }] } }]
  - write: { action: erp/table.insert }
";
        let document = Document::read(text).expect("is YAML");
        let steps: Vec<_> = steps(&document.root)
            .into_iter()
            .map(|step| (step.number, step.path, step.inside))
            .collect();
        let of = |number: &str, path: &str, inside: Option<&str>| {
            (number.to_owned(), path.to_owned(), inside.map(str::to_owned))
        };
        let expected = [
            of("1", "steps/0", None),
            of("2", "steps/1", None),
            of("2.1.1", "steps/1/branch/0/steps/0", Some("2")),
            of("2.1.2", "steps/1/branch/0/steps/1", Some("2")),
            of("2.2.1", "steps/1/branch/1/steps/0", Some("2")),
            of(
                "2.2.1.1",
                "steps/1/branch/1/steps/0/for_each/steps/0",
                Some("2.2.1"),
            ),
            of("3", "steps/2", None),
        ];
        assert_eq!(steps, expected, "in the order of the file");
    }
}
