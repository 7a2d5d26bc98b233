//! What a person sees of a file with mistakes: place, fact, way out.

use crate::processflow::{Plan, StepKind, fake::connectors, report::Severity};

const HEAD: &str = "processflow: orders\nconnections: { store: bigcommerce, erp: sql }\nsteps:\n";
const READ: &str = "  - read: { action: store/orders.changed }\n";

/// Checks the steps after a right beginning; the place is that of the part between « and ».
fn check(steps: &str, message: &str, hint: &str) {
    let marked = format!("{HEAD}{steps}");
    let start = marked
        .find('«')
        .unwrap_or_else(|| panic!("mark the place in {steps}"));
    let text = marked.replace(['«', '»'], "");
    let length = marked.find('»').expect("the mark ends") - start - '«'.len_utf8();
    let report = Plan::compile(&text, "flow.yaml", &connectors()).expect_err(message);
    let found = report
        .problems
        .iter()
        .find(|problem| problem.message.contains(message));
    let found = found.unwrap_or_else(|| panic!("expected `{message}`, found:\n{report}"));
    assert_eq!(
        (found.offset, found.length),
        (start, length),
        "the place of `{message}`:\n{}",
        report.pretty(false)
    );
    let said = found.hint.clone().unwrap_or_default();
    assert!(said.contains(hint), "the way out of `{message}` is `{said}`");
}

fn plan(text: &str) -> Plan {
    Plan::compile(text, "flow.yaml", &connectors())
        .unwrap_or_else(|report| panic!("{}", report.pretty(false)))
}

#[test]
fn the_example_of_the_design_becomes_a_plan() {
    let plan = plan(include_str!(
        "../../../../../processflows/orders-to-database/processflow.yaml"
    ));
    assert_eq!(plan.name, "orders-to-database", "the name");
    assert_eq!(plan.connections["erp"], "sql", "connectors by alias");
    assert_eq!(plan.on_failure.tries, 5, "the default");
    let kinds: Vec<_> = plan.steps.iter().map(|step| &step.kind).collect();
    let [StepKind::Skip(_), StepKind::Write(header), StepKind::Write(lines)] = &*kinds else {
        panic!("{:?}", plan.steps)
    };
    assert_eq!(
        (&*header.step.id, header.step.action),
        ("3", "table.upsert"),
        "steps are numbered as in the file"
    );
    assert_eq!(
        lines.scope.as_deref().map(<[_]>::len),
        Some(2),
        "the scope of a replace"
    );
    assert!(plan.warnings.is_empty(), "{:?}", plan.warnings);
}

#[test]
fn slips_get_their_place_and_the_way_out() {
    let cases = [
        (
            "  - red: { action: store/orders.changed }\n".replace("red", "«red»"),
            "`red`",
            "Did you mean `read`?",
        ),
        (
            format!("{READ}  - skip: {{ «wen»: x == 1, reason: no }}\n"),
            "`wen`",
            "Did you mean `when`?",
        ),
        (
            "  - read: { action: stor/orders.changed }\n".replace("stor/", "«stor»/"),
            "`stor`",
            "Did you mean `store`?",
        ),
        (
            "  - read: { action: store/«orders.chnged» }\n".into(),
            "not an action",
            "Did you mean `orders.changed`?",
        ),
        (
            "  - read: { action: «orders.changed» }\n".into(),
            "of which connection",
            "`store/orders.changed`",
        ),
        (
            "  - read: { action: erp/«table.upsert» }\n".into(),
            "writes, and stands in a `read`",
            "`query`",
        ),
        (
            format!("{READ}  - write: {{ action: store/«products.list» }}\n"),
            "reads, and stands in a `write`",
            "`inventory.set`",
        ),
        (
            "  - read: { action: store/orders.changed, with: { «inclde»: [products] } }\n".into(),
            "inclde",
            "Did you mean `include`?",
        ),
        (
            "  - read: { action: store/orders.changed, with: { include: [«product»] } }\n".into(),
            "`product`",
            "Did you mean `products`?",
        ),
        (
            "  - «»skip: { when: true, reason: x }\n".into(),
            "first step must read",
            "Begin with",
        ),
    ];
    for (steps, message, hint) in cases {
        check(&steps, message, hint);
    }
}

#[test]
fn mistakes_in_a_write_point_to_what_is_meant() {
    let write = |with: &str, map: &str| {
        format!("{READ}  - write:\n      action: erp/table.upsert\n      with: {with}\n      map: {map}\n")
    };
    let cases = [
        (
            write("{ table: T, key: [«ID»] }", "{ NAME: id }"),
            "`ID` says which row it is and is not mapped",
            "Mapped are",
        ),
        (
            write("{ table: T, key: [«ORDER_DI»] }", "{ ORDER_ID: id }"),
            "`ORDER_DI`",
            "Did you mean `ORDER_ID`?",
        ),
        (
            write(
                "{ table: T, key: [ID], create: { ID: text } }",
                "{ ID: id, «TOTAL»: x }",
            ),
            "not a column of `create`",
            "",
        ),
        (
            write("{ «tabel»: T, key: [ID] }", "{ ID: id }"),
            "tabel",
            "Did you mean `table`?",
        ),
        (
            write("{ table: T, key: [ID] }", "{ ID: «uper(sku)» }"),
            "`uper`",
            "Did you mean `upper`?",
        ),
        (
            write("{ table: T, key: [ID] }", "{ ID: \"words('a', «uper(sku)»)\" }"),
            "`uper`",
            "Did you mean `upper`?",
        ),
        (
            write("{ table: T, key: [ID] }", "{ ID: «[a, b]» }").replace("«[a, b]»", "«[»a, b]"),
            "as a list",
            "quotes around",
        ),
        (
            write("{ table: T, key: [ID] }", "{ ID: «007» }"),
            "begin with zeros",
            "quotes within quotes",
        ),
        (
            write("{ table: T, key: [ID] }", "{ ID: words(a, «b)» }"),
            "`b)` is the rest",
            "a comma ends a value",
        ),
        (
            write("{ table: T, key: [ID] }", "{ ID: «connections.stor.hash» }")
                .replace("«connections.stor.hash»", "«connections.stor».hash"),
            "`stor`",
            "Did you mean `store`?",
        ),
    ];
    for (steps, message, hint) in cases {
        check(&steps, message, hint);
    }
}

#[test]
fn an_expression_that_a_comment_cuts_off_is_explained() {
    let steps = format!("{READ}  - skip:\n      when: words(«a» #1)\n      reason: x\n");
    check(&steps, "not understood", "begins a comment");
}

#[test]
fn names_are_known_from_the_step_that_gives_them() {
    let steps = format!(
        "{READ}  - skip: {{ when: «total» > 1, reason: x }}\n  - set: {{ total: id }}\n  - set: {{ again: total + 1 }}\n"
    );
    check(&steps, "`total` is only set in step 3", "behind it");
    check(
        &format!("{READ}  - set: {{ a: id }}\n  - set: {{ «a»: id }}\n"),
        "a second time",
        "another name",
    );
    check(
        &format!("{READ}  - set: {{ «record»: id }}\n"),
        "already means something",
        "letters",
    );
}

#[test]
fn a_scope_cannot_come_from_the_element_that_may_be_absent() {
    let steps = format!(
        "{READ}  - write:\n      action: erp/table.replace\n      with: {{ table: T, within: [ORDER], key: [LINE] }}\n      \
         each: products\n      map: {{ ORDER: «order_id», LINE: id }}\n"
    );
    check(&steps, "a field of the element", "`record.order_id`");
}

#[test]
fn all_mistakes_come_in_one_report() {
    let text = format!(
        "{HEAD}{READ}  - skip: {{ wen: x, when: a == 1, reason: r }}\n  - writ: {{ }}\n  - skip: {{ when: uper(x), reason: r }}\n  \
         - write: {{ action: erp/table.upsrt }}\non_failure: {{ tries: many }}\nscedule: {{ every: 1 h }}\n"
    );
    let report = Plan::compile(&text, "flow.yaml", &connectors()).expect_err("six mistakes");
    let lines: Vec<_> = report.problems.iter().map(|problem| problem.line).collect();
    assert_eq!(
        lines,
        [5, 6, 7, 8, 9, 10],
        "each once, in the order of the file:\n{report}"
    );
}

#[test]
fn what_is_odd_is_a_warning_and_does_not_stop_it() {
    let plan = plan(
        "processflow: p\nconnections: { store: bigcommerce, old: sql }\nsteps:\n  - read: { action: store/orders.changed }\n",
    );
    let said: Vec<_> = plan
        .warnings
        .iter()
        .map(|warning| (&*warning.message, warning.severity))
        .collect();
    assert_eq!(
        said,
        [
            ("connection `old` is not used by any step", Severity::Warning),
            ("no step writes anything", Severity::Warning)
        ],
        "both are legal"
    );
}

#[test]
fn a_schedule_says_one_thing() {
    let text = format!("{HEAD}{READ}schedule: {{ every: 15 min, daily: \"06:00\" }}\n");
    let report = Plan::compile(&text, "flow.yaml", &connectors()).expect_err("two schedules");
    assert_eq!(report.problems[0].line, 5, "{report}");
}

#[test]
fn files_that_are_no_processflow_are_told_so() {
    for text in ["", "- a\n", "name: x\n", "processflow: [\n", "just words"] {
        let report = Plan::compile(text, "flow.yaml", &connectors()).expect_err(text);
        assert_eq!(report.problems.len(), 1, "{text:?}: {report}");
        assert!(
            report.problems[0].hint.is_some(),
            "{text:?} needs a way out: {report}"
        );
    }
    let many = format!("{HEAD}{}", READ.repeat(501));
    let report = Plan::compile(&many, "flow.yaml", &connectors()).expect_err("U9: 500 steps");
    assert!(report.to_string().contains("500 steps"), "{report}");
}

#[test]
fn files_of_windows_are_read_and_pointed_into() {
    let text = format!("{HEAD}{READ}  - skip: {{ when: uper(x), reason: r }}\n").replace('\n', "\r\n");
    for text in [text.clone(), format!("\u{feff}{text}")] {
        let report = Plan::compile(&text, "flow.yaml", &connectors()).expect_err("a mistake");
        let places: Vec<_> = report
            .problems
            .iter()
            .map(|problem| (problem.line, &text[problem.offset..][..4]))
            .collect();
        assert_eq!(
            places,
            [(5, "uper")],
            "a mark and line ends do not move the place: {report}"
        );
    }
}

#[test]
fn values_of_the_wrong_kind_are_said_in_words() {
    let cases = [
        (
            "on_failure: { tries: «many» }\n",
            "a whole number is expected here",
            "",
        ),
        (
            "description: «[a]»\n",
            "a text is expected here, this is a list",
            "",
        ),
        (
            "description: «12»\n",
            "a text is expected here, this is a number",
            "\"12\"",
        ),
        (
            "lookups: { status: «NEW» }\n",
            "is expected here, this is a text",
            "",
        ),
        (
            "lookups: { status: { «11»: [a] } }\n",
            "a list or a mapping",
            "one value",
        ),
    ];
    for (rest, message, hint) in cases {
        let steps = format!("{READ}{rest}");
        let steps = if rest.contains("[a]»") {
            steps.replace("«[a]»", "«[»a]")
        } else {
            steps
        };
        check(&steps, message, hint);
    }
}

#[test]
fn a_file_names_no_hosts() {
    let text = "processflow: p\nconnections: { store: https://api.bigcommerce.com/stores/abc }\nsteps:\n  - read: { action: store/orders.changed }\n";
    let report = Plan::compile(text, "flow.yaml", &connectors()).expect_err("U1: connectors only");
    assert!(report.problems[0].message.contains("no connector"), "{report}");
}

#[test]
fn reports_are_read_by_people_and_by_programs() {
    let text = format!("{HEAD}{READ}  - skip: {{ when: uper(x), reason: r }}\n");
    let report = Plan::compile(&text, "flow.yaml", &connectors()).expect_err("a mistake");
    let line = "flow.yaml:5:19: there is no function `uper`. Did you mean `upper`?";
    assert_eq!(report.to_string(), line, "for the log");
    let json = report.to_json();
    assert_eq!(
        (&json[0]["line"], &json[0]["column"]),
        (&5.into(), &19.into()),
        "for the editor"
    );
    assert!(
        report.pretty(false).contains("upper"),
        "for the terminal: {}",
        report.pretty(false)
    );
}

#[test]
fn steps_inside_of_others_are_checked_like_those_outside() {
    let branch = "  - branch:\n      - when: status_id == 11\n        steps:\n          - set: { kind: \"'paid'\" }\n      - steps:\n          - set: { kind: \"'other'\" }\n";
    let text = format!(
        "{HEAD}{READ}{branch}  - for_each:\n      in: products\n      as: line\n      steps:\n        - skip: {{ when: quantity == 0, reason: none ordered }}\n        - write: {{ action: erp/table.upsert, with: {{ table: LINE, key: [ID] }}, map: {{ ID: id, KIND: kind, ORDER: record.id, SAME: line.id }} }}\n"
    );
    let numbers: Vec<_> = plan(&text).numbers.iter().map(ToString::to_string).collect();
    assert_eq!(
        numbers,
        ["1", "2", "2.1.1", "2.2.1", "3", "3.1", "3.2"],
        "in the order of the file"
    );
    check(
        &format!("{READ}{branch}  - set: {{ «kind»: 1 }}\n"),
        "`kind` is set a second time",
        "another name",
    );
    check(
        &format!(
            "{READ}  - for_each:\n      in: products\n      steps: [{{ set: {{ a: id }} }}]\n  - skip: {{ when: «b» == 1, reason: no }}\n  - set: {{ b: 1 }}\n"
        ),
        "`b` is only set in step 4",
        "Move",
    );
    check(
        &format!(
            "{READ}  - branch:\n      - steps: «[»{{ delay: 1 s }}]\n      - when: id == 1\n        steps: [{{ delay: 1 s }}]\n"
        ),
        "takes all others",
        "Move it to the end",
    );
    check(
        &format!(
            "{READ}  - branch:\n      - when: id == 1\n        steps: [{{ read: {{ action: «store/orders.changed» }} }}]\n"
        ),
        "only the first step reads",
        "`fetch`",
    );
    check(
        &format!("{READ}  - delay: «3 h»\n"),
        "`delay` is 15 min at most",
        "schedule",
    );
}

#[test]
fn a_fetch_says_which_parameters_it_lacks() {
    check(
        &format!("{READ}  - fetch: {{ action: store/orders.changed, map: {{ «inclde»: id }}, as: more }}\n"),
        "takes no parameter `inclde`",
        "include",
    );
    check(
        &format!("{READ}  - fetch: {{ action: erp/«table.upsert», as: more }}\n"),
        "writes, and stands in a `fetch` step",
        "",
    );
}

#[test]
fn what_is_kept_has_no_secret_in_the_file() {
    let text = "processflow: orders\nconnections: { store: bigcommerce, erp: sql }\nvariables:\n  last: { start: 0 }\n  session: { encrypted: true }\nsteps:\n  - read: { action: store/orders.changed }\n  - set: { last: last + 1 }\n  - write: { action: erp/table.upsert, with: { table: T, key: [N] }, map: { N: last, S: session } }\n";
    let plan = plan(text);
    let names: Vec<_> = plan
        .variables
        .iter()
        .map(|variable| (&*variable.name, variable.encrypted))
        .collect();
    assert_eq!(names, [("last", false), ("session", true)]);
    let report = Plan::compile(
        &text.replace("encrypted: true", "encrypted: true, start: s3cret"),
        "f",
        &connectors(),
    )
    .expect_err("a secret in a file");
    assert!(
        report.to_string().contains("its first value stands in the file"),
        "{report}"
    );
}

#[test]
fn placeholders_of_filters_are_checked_where_they_stand() {
    let read = |filter: &str| {
        format!(
            "  - read:\n      action: store/products.list\n      with:\n        filter: {{ min_date_created: {filter} }}\n"
        )
    };
    let cases = [
        (
            read("\"~{«CreateDate»}~\""),
            "no placeholder",
            "Did you mean `CreatedDate`?",
        ),
        (
            read("\"~{CreatedDate('«YYYY»')}~\""),
            "means nothing",
            "Did you mean `yyyy`?",
        ),
        (
            read("\"«{$}»\"").replace("\"«", "«\"").replace("»\"", "\"»"),
            "ids of chosen records",
            "under `retry`",
        ),
        (
            "  - read: { action: erp/query, with: { sql: «\"SELECT ~{CreatedDate}~\"» } }\n".to_owned(),
            "is not filled in for `sql`",
            "by themselves",
        ),
        (
            "  - read: { action: store/products.list, «retry»: 7 }\n".to_owned(),
            "names parameters",
            "For instance",
        ),
        (
            "  - read: { action: store/products.list, retry: { «fliter»: { id: \"{$}\" } } }\n".to_owned(),
            "fliter",
            "Did you mean `filter`?",
        ),
    ];
    for (steps, message, hint) in cases {
        check(&steps, message, hint);
    }
    let right = plan(&format!(
        "{HEAD}{}",
        read("\"~{CreatedDate('yyyy-MM-dd'T'HH:mm:ss','-6')}~\"")
    ));
    let said: Vec<_> = right.warnings.iter().map(|warning| &*warning.message).collect();
    assert!(
        said.iter()
            .any(|said| said.contains("lets only new records through")),
        "T53: {said:?}"
    );
}

#[test]
fn what_the_file_says_of_its_priority_goes_over_what_its_actions_want() {
    use connector_kit::http::Priority;
    let of = |head: &str| plan(&format!("{head}{HEAD}{READ}")).priority;
    assert_eq!(of(""), Priority::High, "orders cannot wait");
    assert_eq!(of("priority: low\n"), Priority::Low, "a person knows better");
}
