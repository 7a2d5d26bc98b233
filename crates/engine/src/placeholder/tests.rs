use connector_kit::suggest;
use jiff::Timestamp;
use serde_json::json;

use super::*;

fn values() -> Values {
    Values {
        reached: "2026-01-15T09:05:07.9Z".parse().ok(),
        now: "2026-01-16T12:00:00Z".parse().unwrap(),
        ids: vec!["7".to_owned(), "9".to_owned()],
        variables: [
            ("Region".to_owned(), "EU".to_owned()),
            ("Empty".to_owned(), String::new()),
        ]
        .into(),
    }
}

#[test]
fn each_placeholder_is_a_date_in_the_form_that_was_asked_for() {
    for (written, filled) in [
        ("~{CreatedDate}~", "2026-01-15T09:05:07Z"),
        ("~{CreatedDate()}~", "2026-01-15T09:05:07Z"),
        ("~{CreatedDate('yyyy-MM-dd'T'HH:mm:ss')}~", "2026-01-15T09:05:07"),
        (
            "~{CreatedDate('yyyy-MM-dd'T'HH:mm:ssZ',' -6')}~",
            "2026-01-15T03:05:07Z",
        ),
        ("~{CreatedDate(-10)}~", "2026-01-05T09:05:07Z"),
        ("~{GetLastCreatedDate(-2)}~", "2026-01-13T09:05:07Z"),
        ("~{CreatedDateWithParams('-2')}~", "2026-01-13T09:05:07Z"),
        ("~{ReadDate('yyyy-MM-ddTHH:mm:ssK','0')}~", "2026-01-15T09:05:07Z"),
        (
            "~{ReadDateTime('yyyy-MM-ddTHH:mm:ssZ','-48')}~",
            "2026-01-13T09:05:07Z",
        ),
        ("~{ReadDateTime('', '-90 min')}~", "2026-01-15T07:35:07Z"),
        ("~{MaxDateLimit}~", "2026-01-16T12:00:00Z"),
        (
            "~{MaxDateLimit('ddd, dd MMM yyyy HH:mm:ss zzz')}~",
            "Fri, 16 Jan 2026 12:00:00 +00:00",
        ),
        ("~{MaxDateLimit('d.M.yy h:mm tt')}~", "16.1.26 12:00 PM"),
        ("~{CreatedDate('yyyy\\T\"o,c\"')}~", "2026To,c"),
        (
            "from ~{CreatedDate}~ to ~{MaxDateLimit}~",
            "from 2026-01-15T09:05:07Z to 2026-01-16T12:00:00Z",
        ),
        ("plain ~ { } text", "plain ~ { } text"),
        ("", ""),
        ("{$}", "7,9"),
        ("${Region}", "EU"),
        ("a ${ Region }-~{gen:GetContextualData('Region')}~", "a EU-EU"),
        ("~{gen:GetContextualData(Region)}~", "EU"),
    ] {
        assert_eq!(values().text(written).unwrap(), filled, "{written}");
    }
}

#[test]
fn a_variable_that_stands_for_nothing_lets_nothing_through() {
    for (written, message, hint) in [
        ("${Empty}", "stands for nothing", "processflow variables"),
        ("${Regoin}", "no kept variable `Regoin`", "Region"),
    ] {
        let error = values().text(written).expect_err(written);
        assert!(error.message.contains(message), "{error:?}");
        assert!(error.hint.unwrap_or_default().contains(hint), "{written}");
    }
}

#[test]
fn before_the_first_run_everything_is_read() {
    let first = Values {
        reached: None,
        ..values()
    };
    let text = first
        .text("~{CreatedDate('yyyy-MM-dd HH:mm:ss', '-6')}~")
        .unwrap();
    assert_eq!(text, "1970-01-01 00:00:00", "nothing lies before the beginning");
    let early = Values {
        reached: Some(Timestamp::UNIX_EPOCH),
        ..values()
    };
    assert_eq!(early.text("~{CreatedDate(-1)}~").unwrap(), "1970-01-01T00:00:00Z");
}

/// What stands between « and » is where the mistake is.
#[test]
fn mistakes_are_told_at_their_place_with_what_was_meant() {
    for (written, message, hint) in [
        (
            "~{«CreateDate»}~",
            "there is no placeholder `~{CreateDate}~`",
            "Did you mean `CreatedDate`?",
        ),
        ("x ~{«readdatetime»(-1)}~", "no placeholder", "`ReadDateTime`"),
        ("~{«Whatever»}~", "no placeholder", "There are"),
        ("~{«gen:LastOf»(//items/id)}~", "no placeholder", "by itself"),
        ("«~{CreatedDate»", "has no end", "`}~`"),
        ("~{CreatedDate«('yyyy'»}~", "no end", "For instance"),
        (
            "~{CreatedDate('«YYYY»-MM-dd')}~",
            "`YYYY` means nothing",
            "Did you mean `yyyy`?",
        ),
        (
            "~{CreatedDate('yyyy-MM-«DD»')}~",
            "`DD` means nothing",
            "Did you mean `dd`?",
        ),
        (
            "~{CreatedDate('yyyy-«mm»-dd')}~",
            "are minutes",
            "Months are `MM`.",
        ),
        (
            "~{CreatedDate('yyyy-«MM»-dd HH:MM:ss')}~",
            "are months",
            "Minutes are `mm`.",
        ),
        ("~{CreatedDate('«HH:mm»')}~", "has no year", "For instance"),
        (
            "~{CreatedDate('yyyy-MM-dd«'T HH:mm»', 'x')}~",
            "no second one",
            "between two",
        ),
        (
            "~{CreatedDate('yyyy-MM-dd', «'soon'»)}~",
            "`'soon'` is no offset",
            "hours behind a format",
        ),
        (
            "~{CreatedDate('yyyy-MM-dd', «'6'»)}~",
            "leads past records",
            "begin it with `-`",
        ),
        ("~{CreatedDate(«3»)}~", "leads past records", "reaches back"),
        ("~{CreatedDate(«soon»)}~", "is no offset", "-6 h"),
        (
            "~{CreatedDate(«yyyy», '-6')}~",
            "stands in quotes",
            "For instance",
        ),
        ("~{CreatedDate('yyyy', '-6', «'x'»)}~", "no more", "For instance"),
        ("«${Customer x»", "has no end", "ends with `}`"),
        ("${« »}", "name is missing", "`variables`"),
        ("~{«gen:GetContextualData()»}~", "name is missing", "`variables`"),
    ] {
        let text = written.replace(['«', '»'], "");
        let wrong = read(&text).expect_err(written);
        let start = written.find('«').unwrap();
        let end = written.find('»').unwrap() - '«'.len_utf8();
        assert_eq!(wrong.at, start..end, "{written}: {wrong:?}");
        assert!(wrong.message.contains(message), "{written}: {wrong:?}");
        assert!(wrong.hint.contains(hint), "{written}: {wrong:?}");
    }
}

#[test]
fn any_text_is_read_or_refused_and_none_panics() {
    let parts = [
        "~{",
        "}~",
        "{$}",
        "${",
        "CreatedDate",
        "(",
        ")",
        "'",
        "\"",
        "\\",
        ",",
        "-6",
        "yyyy",
        "é",
        " ",
        "",
    ];
    for one in parts {
        for two in parts {
            for three in parts {
                for four in parts {
                    let text = format!("{one}{two}{three}{four}");
                    if let Err(wrong) = read(&text) {
                        assert!(text.get(wrong.at.clone()).is_some(), "{text}: {wrong:?}");
                    }
                    drop(read(&format!("~{{CreatedDate({text})}}~")));
                    drop(read(&format!("~{{CreatedDate('{text}')}}~")));
                }
            }
        }
    }
}

#[test]
fn ids_fill_a_list_or_stand_one_after_the_other() {
    let with = json!({ "id:in": ["{$}"], "limit": 5, "nested": { "a": "x{$}" } });
    let filled = values().filled(&with).unwrap();
    assert_eq!(
        filled,
        json!({ "id:in": ["7", "9"], "limit": 5, "nested": { "a": "x7,9" } })
    );
    assert_eq!(reach([&json!(["{$}"])]).ids, (true, false));
    assert_eq!(reach([&json!("{$}")]).ids, (false, true));
}

#[test]
fn how_far_a_reading_reaches_back_is_known() {
    let of = |text: &str| reach([&json!({ "filter": text })]);
    assert_eq!(of("~{CreatedDate}~").back.as_secs(), 0);
    assert_eq!(
        of("~{CreatedDate('yyyy-MM-dd')}~").back.as_hours(),
        24,
        "it begins at midnight"
    );
    assert_eq!(
        of("~{CreatedDate('yyyy-MM-dd HH:mm:ss', '-6')}~").back.as_hours(),
        6
    );
    assert_eq!(of("~{MaxDateLimit(-1)}~").short.as_hours(), 24);
    assert!(!of("~{MaxDateLimit}~").goes_on && of("~{MaxDateLimit}~").is_any);
    assert!(!of("2026-01-15").is_any);
}

#[test]
fn names_are_unlike_enough_to_be_told_apart() {
    let names: Vec<_> = KNOWN.iter().map(|known| known.name).collect();
    for name in &names {
        assert_eq!(suggest::nearest(&names, name), Some(*name));
    }
}
