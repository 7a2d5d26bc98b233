//! T41: pictures at addresses that the store cannot reach: the agent fetches them where a person said so, and uploads them.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

use kit::World;
use sandbox_store::{Config, Kind};
use serde_json::{Value, json};

use crate::{
    catalogue::shop,
    empty_store,
    whole_api::{deploy, failures, send},
};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n a picture of a mug";

/// A server in the merchant's own network that has some files; what it was asked, head by head.
struct Nas {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Nas {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let heads = asked.clone();
        // It ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if let Some(head) = answer(stream) {
                    heads.lock().expect("no test panics here").push(head);
                }
            }
        });
        Self { address, asked }
    }

    fn at(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }
}

fn answer(stream: TcpStream) -> Option<String> {
    let mut lines = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if lines.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let large = vec![0xff_u8; 9 << 20];
    let (status, kind, content) = match head.split(' ').nth(1)? {
        "/mugs/Mug%20grey.png?size=1" | "/other.gif" => ("200 OK", "image/png", PNG),
        "/large.jpg" => (
            "200 OK",
            "image/jpeg",
            [&b"\xff\xd8\xff"[..], &large].concat().leak() as &[u8],
        ),
        "/salaries.html" => ("200 OK", "text/html", &b"<html>Salaries"[..]),
        "/salaries.csv" => ("200 OK", "image/png", &b"name,salary"[..]),
        "/moved.png" => ("302 Found\r\nLocation: /other.gif", "text/plain", &b""[..]),
        _ => ("404 Not Found", "text/plain", &b"none"[..]),
    };
    let mut stream = lines.into_inner();
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        content.len()
    );
    stream.write_all(answer.as_bytes()).ok()?;
    stream.write_all(content).ok()?;
    Some(head)
}

/// A store with a product, and a processflow that adds images.
fn world() -> World {
    let world = shop(Config {
        products: 1,
        ..empty_store()
    });
    deploy(&world, "image.add", "", "sku: sku, image: image");
    world
}

fn allow(world: &World, hosts: &str) {
    let setting = format!("picture_hosts={hosts}");
    world
        .processflow(&["connections", "edit", "shop", "--set", &setting])
        .ok();
}

#[test]
fn t41_a_picture_that_the_store_cannot_reach_is_fetched_and_uploaded() {
    let (world, nas) = (world(), Nas::start());
    let store = world.store().store();
    let id = store.ids(Kind::Product)[0];
    let before = store.images(id).len();
    let image = |path: &str, turn: u64| json!({ "sku": "0017", "image": nas.at(path), "turn": turn });
    const MUG: &str = "mugs/Mug%20grey.png?size=1";

    assert_eq!(send(&world, &[image(MUG, 1)], 1)["failed"], 1);
    let said = failures(&world);
    assert!(
        said.contains(&format!("Add `{}` to `picture_hosts`", nas.address)),
        "{said}"
    );
    assert_eq!(
        nas.asked.lock().expect("it is there").len(),
        0,
        "an address in a row is no reason to ask there"
    );

    allow(&world, &format!("nas.example, {}", nas.address));
    let first = send(&world, &[image(MUG, 2)], 0);
    assert_eq!(first["written"], 1, "{first}");
    let images = store.images(id);
    assert_eq!(images.len(), before + 1, "{images:?}");
    let name = images[before]["image_file"].as_str().expect("a file's name");
    assert!(name.contains("mug-20grey-") && name.contains(".png"), "{name}");
    assert!(
        !images[before].to_string().contains(&nas.address.to_string()),
        "as a file, not as an address: {images:?}"
    );

    world.processflow(&["cache", "clear"]).ok();
    for (path, turn) in [(MUG, 3), ("other.gif", 4)] {
        let again = send(&world, &[image(path, turn)], 0);
        assert_eq!(again["unchanged"], 1, "{path}: the same content: {again}");
    }
    assert_eq!(store.images(id).len(), before + 1, "one picture, one image");
    let asked = nas.asked.lock().expect("it is there").join("\n").to_lowercase();
    assert!(!asked.contains("x-auth-token"), "no token goes there: {asked}");
}

#[test]
fn t41_what_is_no_picture_stays_in_ones_own_network() {
    let (world, nas) = (world(), Nas::start());
    allow(&world, &nas.address.to_string());
    let store = world.store().store();
    let id = store.ids(Kind::Product)[0];
    let before = store.images(id).len();
    let rows: Vec<Value> = [
        "salaries.html",
        "salaries.csv",
        "moved.png",
        "none.png",
        "large.jpg",
    ]
    .iter()
    .map(|path| json!({ "sku": "0017", "image": nas.at(path) }))
    .collect();
    assert_eq!(send(&world, &rows, 1)["failed"], 5);
    let said = failures(&world);
    for part in [
        "salaries.html` is no picture",
        "salaries.csv` is no picture",
        "leads to another address (302)",
        "there is no picture at",
        "it has 9.0 MB",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(store.images(id).len(), before, "nothing was uploaded");
    let wrong = world.processflow(&[
        "connections",
        "edit",
        "shop",
        "--set",
        "picture_hosts=nas/pictures",
    ]);
    let said = wrong.code(3).said();
    assert!(
        said.contains("`picture_hosts`: `nas/pictures` is no host"),
        "{said}"
    );
}
