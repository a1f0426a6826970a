//! Are attributes cut as the expression of hls.js cuts them, and is nothing from outside a panic?

use std::collections::HashMap;

use proptest::prelude::*;

use super::{attributes, renditions};
use crate::info_hash::of_master;

fn map(pairs: &[(&str, &str)]) -> HashMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn attributes_are_cut_as_a_player_cuts_them() {
    assert_eq!(attributes("A=1,B=\"x,y\",C=2"), map(&[("A", "1"), ("B", "x,y"), ("C", "2")]));
    assert_eq!(attributes("A=\"x\"y\",B=2"), map(&[("A", "x\"y"), ("B", "2")]));
    assert_eq!(attributes("A=\"open,B=2"), map(&[("A", "\"open"), ("B", "2")]));
    assert_eq!(attributes("=A=1"), map(&[("=A", "1")]));
    assert_eq!(attributes("A=1,A=2,"), map(&[("A", "2")]));
    assert_eq!(attributes("A=,B=3"), map(&[("A", ""), ("B", "3")]));
    assert!(attributes("nothing").is_empty());
}

#[test]
fn a_variant_without_an_address_is_none() {
    assert!(renditions("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n").is_empty());
}

proptest! {
    #[test]
    fn no_text_is_a_panic(text in "(#EXT-X-(STREAM-INF|MEDIA):)?[ -~\u{80}-\u{ff}\n\",=]{0,200}") {
        let _ = of_master("s", &text);
    }

    #[test]
    fn no_attribute_list_is_a_panic(text in "[A=\",é\u{2028}😀]{0,40}") {
        let _ = attributes(&text);
        let _ = of_master("s", &format!("#EXT-X-STREAM-INF:{text}\na\n#EXT-X-MEDIA:{text}\n"));
    }
}
