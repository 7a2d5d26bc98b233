//! A processflow whose steps lie in steps, made in the form alone: fetched, branched, and taken through a list.

use fantoccini::key::Key;
use kit::{
    Order, World,
    desktop::{Screen, Window},
};
use serde_json::json;

use crate::{START, answers::small_store};

const NAME: &str = "orders-by-way";

const BEGUN: &str = "processflow: orders-by-way
connections: { store: bigcommerce, erp: sql }
steps:
  # oldest change first
  - read: { action: store/orders.changed, with: { include: [products] } }
";

const MADE: &str = "processflow: orders-by-way
connections: { store: bigcommerce, erp: sql }
steps:
  # oldest change first
  - read: { action: store/orders.changed, with: { include: [products] } }
  - fetch:
      action: store/api.get_order_coupons
      map: { order_id: 'id' }
      as: 'coupons'
  - branch:
      - when: 'status_id == 10'
        steps:
          - delay: '1 s'
          - skip: { when: 'true', reason: 'done already' }
      - steps:
          - for_each:
              in: 'products'
              steps:
                - write:
                    action: erp/table.upsert
                    with: { table: 'LINE', key: [ID], create: { ID: 'integer' } }
                    map: { ID: 'id' }
variables:
  last_number: { start: 0 }
";

#[test]
fn steps_within_steps_are_made_by_form_and_run() {
    let (world, screen) = (World::with_store(small_store()), Screen::default());
    world.add_erp();
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);
    begin(&window);
    fetch_coupons(&window);
    take_two_ways(&window);
    write_each_line(&window);
    keep_a_number(&window);
    window.reads("No problems found");
    window.is_accessible();
    the_picture_leads_to_the_form(&window);
    window.press("Save");
    window.reads("was saved");
    let draft = window
        .call("read_draft", &json!({ "name": NAME }))
        .expect("it is there");
    assert_eq!(
        draft["text"].as_str(),
        Some(MADE),
        "comments stay, and nothing else is written"
    );

    world.deploy_text(MADE, &["store=shop", "erp=erp"]);
    Order::new(9001).line(71, "A", 1).line(72, "B", 2).put(&world);
    assert_eq!(world.run(NAME)["status"], "Successful", "it does what was made");
    let written = world.table("LINE");
    let lines = written.column("ID");
    assert!(lines.contains(&"71") && lines.contains(&"72"), "{lines:?}");
    window.look_at(&format!("#/processflows/{NAME}"));
    window.reads("came in");
    keep_another_number(&window);
    window.is_accessible();
    window.was_quiet();
    let kept = world.processflow(&["--json", "variables", NAME]).json();
    assert_eq!(kept[0]["value"], 7, "the next run begins with it: {kept}");
}

/// What is kept between runs is shown, changed and forgotten where the processflow is looked at.
fn keep_another_number(window: &Window) {
    window.reads("as the file says");
    window.press("Change last_number");
    window.fill("Value", "7");
    window.press("Save");
    window.reads("The next run begins with the new last_number.");
    window.reads_no_more("as the file says");
    window.press("Forget last_number");
    window.reads("The next run begins with what the file says.");
    window.press("Forget");
    window.reads("as the file says");
    window.press("Change last_number");
    window.fill("Value", "7");
    window.press("Save");
    window.reads_no_more("as the file says");
}

fn begin(window: &Window) {
    let draft = json!({ "name": NAME, "text": BEGUN, "base": null });
    window.call("save_draft", &draft).expect("a draft is saved");
    window.look_at(&format!("#/processflows/{NAME}/edit"));
    window.find("[id='step-1']");
}

fn fetch_coupons(window: &Window) {
    add(window, "Add a step", "Fetch");
    window.reads("What is asked for?");
    window.fill("Search actions", "order coupons");
    window.press_part("store / api.get_order_coupons");
    window.find("[id='step-2']");
    window.reads("2 mistakes");
    window.fill("Expression for order_id", "id");
    window.fill("Name of the answer", "coupons");
    window.reads_no_more("mistakes");
}

fn take_two_ways(window: &Window) {
    add(window, "Add a step", "Branch");
    window.reads("there are no steps here");
    window.fill("Records take this way when", "status_id == 10");
    press_in(window, "Add a step to: Way 1 of step 3", "Skip rule");
    window.find("[id='step-3.1.1']");
    window.fill("Leave the record out when", "true");
    window.fill("Reason", "done already");
    add(window, "Add a step to: Way 1 of step 3", "Wait");
    window.find("[id='step-3.1.2']");
    window.fill("Wait", "1 s");
    window.press("Move step 3.1.2 up");
    window.until("the rule comes behind the waiting", || {
        window.script(
            "return document.getElementById('step-3.1.2')?.textContent.includes('Skip rule')",
            &[],
        ) == json!(true)
    });
    window.press("Way with a rule");
    window.find("section[aria-label='Way 2 of step 3']");
    window.press("Way for all others");
    window.reads("Way 3");
    window.press("Remove way 2 of step 3");
    window.reads("Way 2 was removed.");
    window.reads_no_more("Way 3");
}

fn write_each_line(window: &Window) {
    add(window, "Add a step to: Way 2 of step 3", "For each");
    window.fill("The list", "products");
    press_in(window, "Add a step to: Steps inside of step 3.2.1", "Write");
    window.fill("Search actions", "upsert");
    window.press_part("erp / table.upsert");
    window.find("[id='step-3.2.1.1']");
    window.fill("Table", "LINE");
    window.fill("Key", "ID");
    window.click("[id='step-3.2.1.1'] summary");
    window.fill("New name in Columns", "ID");
    window.key(Key::Enter);
    window.fill("Value of ID", "integer");
    window.key(Key::Tab);
    window.fill("New target field", "ID");
    window.key(Key::Enter);
    window.fill("Expression for ID", "id");
}

fn keep_a_number(window: &Window) {
    window.fill("New kept value", "last_number");
    window.key(Key::Enter);
    window.fill("Value of last_number before the first run", "0");
}

/// Enter on a step of the picture leads to its form, and the text begins where the form was left.
fn the_picture_leads_to_the_form(window: &Window) {
    let focus = "const node = document.querySelector(`.svelte-flow__node[data-id='3.2.1.1']`);
        node?.focus();
        return document.activeElement === node && node !== null;";
    window.until("the inner step is in the picture", || {
        window.script(focus, &[]) == json!(true)
    });
    window.key(Key::Enter);
    let focused = "return document.activeElement?.id";
    window.until("its form has the focus", || {
        window.script(focused, &[]) == json!("step-3.2.1.1")
    });
    window.press("Text");
    window.reads("action: erp/table.upsert");
    window.press("Form");
    let current = "return document.querySelector('article.current')?.id";
    window.until("the same step is looked at", || {
        window.script(current, &[]) == json!("step-3.2.1.1")
    });
}

/// Adds a step of a rarer kind from the menu of a list.
fn add(window: &Window, list: &str, kind: &str) {
    let open = "const menu = document.querySelector(`button[aria-label='${arguments[0]}: more kinds']`);
        menu?.focus();
        return menu !== null && document.activeElement === menu;";
    window.until(&format!("there is a menu of `{list}`"), || {
        window.script(open, &[json!(list)]) == json!(true)
    });
    window.key(Key::Enter);
    window.press(kind);
}

/// Presses a button of a list of steps.
fn press_in(window: &Window, list: &str, words: &str) {
    let press = "const group = document.querySelector(`[role=group][aria-label='${arguments[0]}']`);
        const button = [...(group?.querySelectorAll('button') ?? [])].find((one) => one.textContent.trim() === arguments[1]);
        button?.click();
        return Boolean(button);";
    window.until(&format!("`{words}` can be pressed in `{list}`"), || {
        window.script(press, &[json!(list), json!(words)]) == json!(true)
    });
}
