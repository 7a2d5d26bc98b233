//! What an action says of itself: names, sentences, schemas, parameters.

use connector_kit::{Action, Does};
use serde_json::{Value, json};

use crate::{
    exceptions::{Check, applies},
    fixtures::{Fixture, fixture},
};

/// Every action, with the name it has in processflow files.
fn every_action(mut check: impl FnMut(&str, &Action)) {
    for connector in connectors::all() {
        for action in &connector.actions {
            check(&format!("{}/{}", connector.name, action.name), action);
        }
    }
}

#[test]
fn every_action_has_a_fixture_of_its_kind() {
    let mut count = 0;
    every_action(|name, action| {
        count += 1;
        let fits = matches!(
            (&action.does, fixture(name)),
            (Does::Read(_), Fixture::Read(_)) | (Does::Write(_), Fixture::Write(_))
        );
        assert!(
            fits,
            "{name}: its fixture reads where it writes, or the other way round"
        );
    });
    assert!(count >= 20, "the list is not empty: {count}");
}

#[test]
fn names_say_resource_and_what() {
    every_action(|name, action| {
        let parts: Vec<&str> = action.name.split('.').collect();
        let plain = |part: &&str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        };
        let formed = parts.len() == 2 && parts.iter().all(plain);
        assert_eq!(
            formed,
            applies(Check::NameForm, name),
            "{name}: `resource.what`, in small letters"
        );
    });
}

#[test]
fn sentences_and_permissions_are_there() {
    every_action(|name, action| {
        assert!(
            action.about.ends_with('.') && action.about.len() > 15,
            "{name}: a sentence says what it does"
        );
        assert_eq!(
            action.scope.is_some(),
            applies(Check::Scope, name),
            "{name}: the permission it needs is named"
        );
    });
    for connector in connectors::all() {
        let names: std::collections::BTreeSet<&str> =
            connector.actions.iter().map(|action| action.name).collect();
        assert_eq!(
            names.len(),
            connector.actions.len(),
            "{}: each name once",
            connector.name
        );
        assert!(connector.about.ends_with('.'), "{}: a sentence", connector.name);
    }
}

/// Forms, completion and documents are drawn from the schema.
#[test]
fn schemas_are_objects_whose_fields_are_described() {
    let described = |what: &str, schema: Value| {
        assert_eq!(
            schema["type"], "object",
            "{what}: parameters are an object: {schema}"
        );
        assert_eq!(
            schema["additionalProperties"], false,
            "{what}: a misspelt parameter is noticed"
        );
        for (field, inner) in schema["properties"].as_object().into_iter().flatten() {
            let words = inner["description"].as_str().unwrap_or_default();
            assert!(words.len() > 8, "{what}: `{field}` says what it is: {inner}");
        }
    };
    every_action(|name, action| described(name, (action.schema)().to_value()));
    for connector in connectors::all() {
        described(connector.name, (connector.settings)().to_value());
    }
}

#[test]
fn a_misspelt_parameter_is_a_persons_matter_with_a_way_out() {
    every_action(|name, action| {
        let mut with = match fixture(name) {
            Fixture::Read(read) => read.with,
            Fixture::Write(write) => write.with,
        };
        with["misspelt"] = json!(1);
        let refused = match &action.does {
            Does::Read(read) => read.check(&with).err(),
            Does::Write(write) => write.prepare(&with, &[]).err(),
        };
        let error = refused.unwrap_or_else(|| panic!("{name}: `misspelt` was taken"));
        assert_eq!(error.kind, connector_kit::Kind::Config, "{name}: {error}");
        assert!(
            error.message.contains("misspelt") && error.hint.is_some(),
            "{name}: it is named: {error}"
        );
    });
}

#[test]
fn batches_have_a_largest_size() {
    every_action(|name, action| {
        if let Does::Write(write) = &action.does {
            assert!(write.largest_batch() >= 1, "{name}: at least one row goes");
        }
    });
}
