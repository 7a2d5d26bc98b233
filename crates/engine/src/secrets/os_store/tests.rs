//! The key store when it works, is missing, is locked, or does not answer.

use std::{
    cell::RefCell,
    sync::{
        Barrier,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use connector_kit::{Kind, Secret, Secrets};

use super::*;

/// A clock whose waits never end, or end once the key store has been asked.
#[derive(Default)]
struct Still {
    until: Option<Arc<AtomicBool>>,
}

#[async_trait]
impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }
    async fn sleep(&self, _duration: Duration) {
        let Some(asked) = &self.until else {
            return std::future::pending().await;
        };
        while !asked.load(Ordering::SeqCst) {
            tokio::task::yield_now().await;
        }
    }
}

#[derive(Default)]
struct Shelf(RefCell<BTreeMap<String, Vec<u8>>>);

impl Keys for Shelf {
    fn get(&self, user: &str) -> keyring::Result<Zeroizing<Vec<u8>>> {
        self.0
            .borrow()
            .get(user)
            .cloned()
            .map(Zeroizing::new)
            .ok_or(keyring::Error::NoEntry)
    }
    fn set(&self, user: &str, secret: &[u8]) -> keyring::Result<()> {
        self.0.borrow_mut().insert(user.to_owned(), secret.to_owned());
        Ok(())
    }
    fn delete(&self, user: &str) -> keyring::Result<()> {
        self.0
            .borrow_mut()
            .remove(user)
            .map(drop)
            .ok_or(keyring::Error::NoEntry)
    }
}

struct Broken(fn() -> keyring::Error);

impl Keys for Broken {
    fn get(&self, _user: &str) -> keyring::Result<Zeroizing<Vec<u8>>> {
        Err(self.0())
    }
    fn set(&self, _user: &str, _secret: &[u8]) -> keyring::Result<()> {
        Err(self.0())
    }
    fn delete(&self, _user: &str) -> keyring::Result<()> {
        Err(self.0())
    }
}

fn sealed() -> Sealed {
    let secrets = Secrets([("token".to_owned(), Secret::new("t0ken-one".into()))].into());
    Sealed::new("shop", "https://a.example", secrets, Timestamp::UNIX_EPOCH)
}

fn store(at: &tempfile::TempDir, keys: impl FnOnce() -> Box<dyn Keys> + Send + 'static) -> OsStore {
    OsStore::over(
        "install-1",
        at.path().join("secrets.json"),
        Arc::new(Still::default()),
        keys,
    )
}

#[tokio::test]
async fn what_is_kept_comes_back_and_goes_when_told() {
    let at = tempfile::tempdir().expect("temp folder");
    let store = store(&at, || Box::new(Shelf::default()));
    store.probe().await.expect("the shelf works");
    assert!(
        store.get("shop").await.expect("asks").is_none(),
        "nothing is kept yet"
    );
    store.set(&sealed()).await.expect("keeps");
    let back = store.get("shop").await.expect("asks").expect("is kept");
    assert_eq!(back.fields().collect::<Vec<_>>(), ["token"], "with its fields");
    assert_eq!(
        store.list().await.expect("lists")[0].connection,
        "shop",
        "and it is listed"
    );
    let index = fs::read_to_string(at.path().join("secrets.json")).expect("reads");
    assert!(!index.contains("t0ken"), "the list holds names alone: {index}");
    store.delete("shop").await.expect("forgets");
    assert!(
        store.get("shop").await.expect("asks").is_none(),
        "forgotten is forgotten"
    );
}

#[tokio::test]
async fn a_machine_without_key_store_names_the_vault() {
    let at = tempfile::tempdir().expect("temp folder");
    for error in [
        || keyring::Error::PlatformFailure("org.freedesktop.DBus.Error.ServiceUnknown".into()),
        || keyring::Error::NoDefaultStore,
    ] {
        let store = store(&at, move || Box::new(Broken(error)));
        for error in [
            store.probe().await.expect_err("E39"),
            store.set(&sealed()).await.expect_err("E39"),
        ] {
            assert_eq!(
                error.message, "This system has no password store running.",
                "E39, word for word"
            );
            assert_eq!(
                error.kind,
                Kind::Config,
                "a person must choose; nothing is kept elsewhere silently"
            );
            assert!(
                error.hint.expect("a hint").contains("secrets=vault`"),
                "the way out"
            );
        }
        assert!(
            store.list().await.expect("lists").is_empty(),
            "what was not kept is not listed"
        );
    }
}

#[tokio::test]
async fn a_locked_keyring_is_waited_for() {
    let at = tempfile::tempdir().expect("temp folder");
    let prompt = || keyring::Error::NoStorageAccess("prompt dismissed".into());
    let store = store(&at, move || Box::new(Broken(prompt)));
    let error = store.set(&sealed()).await.expect_err("is locked");
    assert!(error.is_unavailable(), "unlocking it helps, so flows wait");
    assert!(
        error.message.contains("waiting for the keyring"),
        "{}",
        error.message
    );
}

#[tokio::test]
async fn a_keyring_that_does_not_answer_holds_nobody_up_and_does_nothing_late() {
    struct Blocked {
        asked: Arc<AtomicBool>,
        dialog: Arc<Barrier>,
        sets: Arc<AtomicUsize>,
    }
    impl Keys for Blocked {
        fn get(&self, _user: &str) -> keyring::Result<Zeroizing<Vec<u8>>> {
            Err(keyring::Error::NoEntry)
        }
        fn set(&self, _user: &str, _secret: &[u8]) -> keyring::Result<()> {
            self.sets.fetch_add(1, Ordering::SeqCst);
            Ok(())
        }
        fn delete(&self, _user: &str) -> keyring::Result<()> {
            self.asked.store(true, Ordering::SeqCst);
            self.dialog.wait();
            Ok(())
        }
    }
    let at = tempfile::tempdir().expect("temp folder");
    let index = at.path().join("secrets.json");
    fs::write(&index, r#"{"shop":"2026-11-21T00:00:00Z"}"#).expect("is written");
    let (asked, dialog, sets) = (
        Arc::<AtomicBool>::default(),
        Arc::new(Barrier::new(2)),
        Arc::default(),
    );
    let keys = Blocked {
        asked: asked.clone(),
        dialog: dialog.clone(),
        sets: Arc::clone(&sets),
    };
    let clock = Arc::new(Still { until: Some(asked) });
    let store = OsStore::over("install-1", index, clock, move || Box::new(keys));

    // The dialog is open: the first call blocks its thread, and both callers are told.
    assert!(
        store
            .delete("shop")
            .await
            .expect_err("no answer")
            .is_unavailable(),
        "the caller goes on"
    );
    assert!(
        store
            .set(&sealed())
            .await
            .expect_err("no answer")
            .is_unavailable(),
        "the queue is no trap"
    );
    tokio::task::spawn_blocking(move || dialog.wait())
        .await
        .expect("the dialog is answered");
    let (done, wait) = channel();
    store
        .jobs
        .send(Box::new(move |_| done.send(()).expect("the test waits")))
        .expect("the thread lives");
    wait.recv().expect("the queue is worked off");
    assert_eq!(
        sets.load(Ordering::SeqCst),
        0,
        "what was given up is not done later"
    );
}

#[tokio::test]
async fn an_entry_that_vanished_is_not_taken_for_none() {
    let at = tempfile::tempdir().expect("temp folder");
    fs::write(
        at.path().join("secrets.json"),
        r#"{"shop":"2026-11-21T00:00:00Z"}"#,
    )
    .expect("is written");
    let store = store(&at, || Box::new(Shelf::default()));
    let error = store.get("shop").await.expect_err("it was there once");
    assert!(error.message.contains("no longer holds"), "{}", error.message);
}

#[test]
fn no_error_of_the_key_store_shows_the_secret() {
    let error = words(&keyring::Error::BadEncoding(b"t0ken-one".to_vec()));
    let shown = format!("{error:?} {} {:?}", error.chain(), error.source);
    assert!(
        !shown.contains("t0ken") && !shown.contains("116"),
        "neither as text nor as bytes: {shown}"
    );
}
