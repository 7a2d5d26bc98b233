//! Getting there: accounts, passwords, encryption, and what is said where it does not work.

use connector_kit::{
    Kind, Secrets,
    http::{Network, Proxy},
};
use kit::database::{Database, Engine, PASSWORD, USER};
use serde_json::json;

use crate::desk::{connect, connector, host, password};

#[tokio::test]
async fn a_password_of_any_letters_opens_the_door_and_a_wrong_one_does_not() {
    for engine in Engine::ALL {
        let database = Database::new(engine);
        let told = connect(&database.settings()).unwrap().validate().await.unwrap();
        let engine_name = &told
            .facts
            .iter()
            .find(|fact| fact.name == "Engine")
            .unwrap()
            .value;
        let expected = if engine == Engine::Postgres {
            "PostgreSQL "
        } else {
            "MariaDB 1"
        };
        assert!(engine_name.starts_with(expected), "{engine_name}");
        for secrets in [
            password("wrong"),
            password(&PASSWORD.to_uppercase()),
            Secrets::default(),
        ] {
            let live = connector()
                .connect(&database.settings(), &secrets, &host(Network::default()))
                .unwrap();
            let error = live.validate().await.expect_err("it is wrong");
            assert!(
                error.kind == Kind::Config && error.message.contains("does not let `erp` in"),
                "{engine:?}: {error:?}"
            );
            assert!(
                !format!("{error:?}").contains("wrong"),
                "{engine:?}: a password is in no message"
            );
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_named() {
    for engine in Engine::ALL {
        let database = Database::new(engine);
        let settings = json!({ "url": format!("{}x", database.url()), "username": USER });
        let error = connect(&settings)
            .unwrap()
            .validate()
            .await
            .expect_err("there is no such database");
        // MariaDB tells a stranger to a database no more than that it may not go there.
        let named = error.message.contains("no database") || error.message.contains("does not let");
        assert!(error.kind == Kind::Config && named, "{engine:?}: {error}");
        let settings = json!({ "url": database.url_through(1), "username": USER });
        let error = connect(&settings)
            .unwrap()
            .validate()
            .await
            .expect_err("nobody listens there");
        assert!(
            error.is_unavailable() && error.message.contains("cannot be reached"),
            "{engine:?}: {error}"
        );
        assert!(error.hint.unwrap().contains("firewall"), "{engine:?}");
        let error = connect(&json!({ "url": database.url() }))
            .err()
            .expect("it names no user");
        assert!(error.message.contains("no user name"), "{engine:?}: {error}");
    }
}

#[tokio::test]
async fn an_account_that_may_only_read_is_told_what_it_lacks() {
    for engine in Engine::ALL {
        let database = Database::new(engine);
        database.execute("CREATE TABLE item (id int PRIMARY KEY, name varchar(10))");
        match engine {
            Engine::Postgres => database.execute(
                "ALTER SCHEMA public OWNER TO root; REVOKE ALL ON SCHEMA public FROM PUBLIC, erp; \
                 GRANT USAGE ON SCHEMA public TO erp; REVOKE ALL ON item FROM erp; GRANT SELECT ON item TO erp",
            ),
            Engine::Mariadb => database.execute(
                "SET @sql = concat('REVOKE ALL ON ', database(), '.* FROM erp@''%'''); EXECUTE IMMEDIATE @sql; \
                 SET @sql = concat('GRANT SELECT ON ', database(), '.* TO erp@''%'''); EXECUTE IMMEDIATE @sql",
            ),
        }
        let step = crate::desk::step(
            "table.upsert",
            json!({ "table": "item", "key": ["id"] }),
            &["id", "name"],
        )
        .unwrap();
        let live = connect(&database.settings()).unwrap();
        let mut to = crate::desk::open(&live, 1).await.unwrap();
        let error = to
            .ready(&step)
            .await
            .expect_err("it may not make the checkpoint's table");
        assert!(
            error.kind == Kind::Config && error.hint.unwrap().contains("GRANT"),
            "{engine:?}: {}",
            error.message
        );
    }
}

#[tokio::test]
async fn a_way_to_another_machine_is_encrypted_and_the_certificate_checked() {
    for engine in Engine::ALL {
        let database = Database::new(engine);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("authority.pem");
        std::fs::write(&file, database.authority()).unwrap();
        let settings = json!({ "url": database.url(), "username": USER, "tls": "required" });
        let trusting = host(Network::new(Proxy::Direct, vec![file]));
        let live = connector()
            .connect(&settings, &password(PASSWORD), &trusting)
            .unwrap();
        let told = live.validate().await.unwrap();
        let encrypted = told.facts.iter().find(|fact| fact.name == "Encrypted").unwrap();
        assert_eq!(encrypted.value, "yes", "{engine:?}");
        let session = match engine {
            Engine::Postgres => "SELECT count(*) FROM pg_stat_ssl WHERE ssl",
            Engine::Mariadb => {
                "SELECT count(*) > 0 FROM information_schema.global_status WHERE variable_name = 'SSL_ACCEPTS' AND variable_value > 0"
            }
        };
        let mut to = crate::desk::open(&live, 1).await.unwrap();
        to.resume().await.unwrap();
        assert_eq!(
            database.rows(session),
            ["1"],
            "{engine:?}: the server says so too"
        );
        let strange = connect(&settings).unwrap();
        let error = strange
            .validate()
            .await
            .expect_err("nobody here knows who signed it");
        assert!(
            error.kind == Kind::Config && error.message.contains("certificate"),
            "{engine:?}: {error:?}"
        );
    }
}
