//! What stands in a file arrives as it stands there: zeros, decimals, letters.

use kit::World;
use serde_json::{Value, json};

/// Articles from a CSV file into a database and into another CSV file. `READING` is what the read adds.
const ARTICLES: &str = "
processflow: articles
connections: { crm: files, erp: sql }
steps:
  - read: { action: crm/csv.read, with: { file: articles.csv, key: [SKU] READING } }
  - write:
      action: erp/table.upsert
      with: { table: ARTICLE, key: [SKU], create: { SKU: text, NAME: text, PRICE: text } }
      map: { SKU: SKU, NAME: NAME, PRICE: PRICE }
  - write:
      action: crm/csv.write
      with: { file: copy.csv }
      map: { SKU: SKU, NAME: NAME, PRICE: PRICE }
";

fn articles(reading: &str, file: impl AsRef<[u8]>) -> World {
    let world = World::empty();
    world.add_erp();
    world.add_files();
    world.put("articles.csv", file);
    world.deploy_text(&ARTICLES.replace("READING", reading), &["crm=files", "erp=erp"]);
    world
}

fn run(world: &World, code: i32) -> Value {
    world
        .processflow(&["--json", "run", "articles"])
        .code(code)
        .json()
}

fn failed(world: &World) -> Vec<(String, String)> {
    let failed = world.processflow(&["--json", "failed"]).ok().json();
    let text = |record: &Value, field: &str| record[field].as_str().unwrap_or_default().to_owned();
    let rows = failed.as_array().expect("a list").iter();
    rows.map(|record| {
        (
            text(record, "source"),
            format!("{} {}", text(record, "message"), text(record, "hint")),
        )
    })
    .collect()
}

/// T45: leading and trailing zeros.
#[test]
fn t45_zeros_of_article_numbers_and_prices_survive() {
    let world = articles("", "SKU,NAME,PRICE\n0017,Mug,90.750\n17,Cup,5\n1e3,Pot,.50\n");
    run(&world, 0);
    let table = world.table("ARTICLE");
    assert_eq!(
        table.column("SKU"),
        ["0017", "17", "1e3"],
        "0017 and 17 are two articles, and 1e3 is no thousand"
    );
    assert_eq!(table.column("PRICE"), ["90.750", "5", ".50"], "to the letter");
    let copy = std::fs::read_to_string(world.path("files/copy.csv")).expect("it was written");
    assert_eq!(
        copy.lines().nth(1),
        Some("0017,Mug,90.750"),
        "identical text at the other end: {copy}"
    );
}

/// T46: decimal comma and thousands.
#[test]
fn t46_a_decimal_comma_is_read_where_the_file_says_so() {
    let comma = ", separator: ';', decimals: [PRICE], decimal: ','";
    let world = articles(comma, "SKU;NAME;PRICE\nA;Mug;1.234,56\nB;Cup;0,5\nC;Pot;1,234\n");
    run(&world, 0);
    assert_eq!(
        world.table("ARTICLE").column("PRICE"),
        ["1234.56", "0.5", "1.234"],
        "as the setting says"
    );
}

/// T46, in doubt: asked, not guessed.
#[test]
fn t46_an_ambiguous_number_is_asked_about() {
    let world = articles(
        ", decimals: [PRICE]",
        "SKU,NAME,PRICE\nA,Mug,\"1,234\"\nB,Cup,12.50\nC,Pot,\"1.234,56\"\n",
    );
    let run = run(&world, 1);
    assert_eq!(
        (&run["written"], &run["failed"]),
        (&json!(2), &json!(1)),
        "only the doubtful one waits: {run}"
    );
    assert_eq!(
        world.table("ARTICLE").column("PRICE"),
        ["12.50", "1234.56"],
        "those that can be read in one way"
    );
    let failed = failed(&world);
    assert!(
        failed[0].1.contains("`1,234` in column PRICE") && failed[0].1.contains("decimal:"),
        "{failed:?}"
    );
}

/// T47: a byte-order mark before the first column.
#[test]
fn t47_a_byte_order_mark_does_not_hide_the_first_column() {
    let world = articles("", "\u{feff}SKU,NAME,PRICE\nA,Müller,1\n");
    run(&world, 0);
    assert_eq!(
        world.table("ARTICLE").column("NAME"),
        ["Müller"],
        "the column SKU was found, and the letters too"
    );
}

/// T47: Windows-1252.
#[test]
fn t47_letters_of_windows_1252_stay_intact() {
    let world = articles(
        ", encoding: windows-1252",
        b"SKU,NAME,PRICE\nA,M\xfcller,\x80 5\n",
    );
    run(&world, 0);
    let table = world.table("ARTICLE");
    assert_eq!(
        (table.column("NAME"), table.column("PRICE")),
        (vec!["Müller"], vec!["€ 5"]),
        "as they were typed"
    );
}

/// T47: a byte that the encoding does not have.
#[test]
fn t47_an_undecodable_byte_fails_its_row_with_its_position() {
    let world = articles("", b"SKU,NAME,PRICE\nA,Ada,1\nB,M\xfcller,2\nC,Carla,3\n");
    let run = run(&world, 1);
    assert_eq!(
        (&run["written"], &run["failed"]),
        (&json!(2), &json!(1)),
        "the others are taken: {run}"
    );
    assert_eq!(
        world.table("ARTICLE").column("SKU"),
        ["A", "C"],
        "and never a `?` in its place"
    );
    let failed = failed(&world);
    let said = &failed[0].1;
    assert!(
        said.contains("line 3") && said.contains("column NAME") && said.contains("after 1 bytes"),
        "{said}"
    );
    assert!(said.contains("windows-1252"), "with the next step: {said}");
}
