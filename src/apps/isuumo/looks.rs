//! What a chair's picture shows of the chair: the data's words as those of `pictures`.
//!
//! It owns that translation, and must not know how looks are written or drawn.

use pictures::Look;

/// Kinds of chairs.
const KINDS: [(&str, &str); 4] = [
    ("ゲーミングチェア", "gaming"),
    ("エルゴノミクス", "ergonomic"),
    ("座椅子", "floor"),
    ("ハンモック", "hanging"),
];

/// Colours of chairs.
const COLOURS: [(&str, &str); 12] = [
    ("黒", "black"),
    ("白", "white"),
    ("赤", "red"),
    ("青", "blue"),
    ("緑", "green"),
    ("黄", "yellow"),
    ("紫", "purple"),
    ("ピンク", "pink"),
    ("オレンジ", "orange"),
    ("水色", "lightblue"),
    ("ネイビー", "navy"),
    ("ベージュ", "beige"),
];

/// The look of a chair, if its kind and colour are among those that can be drawn.
pub(super) fn of(kind: &str, colour: &str, width: i64, height: i64) -> Option<Look> {
    Look::of(word(&KINDS, kind)?, word(&COLOURS, colour)?, width, height)
}

fn word(table: &[(&str, &'static str)], name: &str) -> Option<&'static str> {
    let (_, word) = table.iter().find(|(of_data, _)| *of_data == name)?;
    Some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_the_form_offers_can_be_drawn() {
        let document = include_str!("../../../dataset/isuumo/chair_condition.json");
        let document: serde_json::Value = serde_json::from_str(document).unwrap();
        let names = |condition: &str| -> Vec<String> {
            serde_json::from_value(document[condition]["list"].clone()).unwrap()
        };
        let (kinds, colours) = (names("kind"), names("color"));
        assert_eq!((kinds.len(), colours.len()), (KINDS.len(), COLOURS.len()));
        for kind in &kinds {
            for colour in &colours {
                assert!(of(kind, colour, 60, 80).is_some(), "{kind} {colour}");
            }
        }
        assert_eq!(of("玉座", "黒", 60, 80), None);
        assert_eq!(of("座椅子", "虹", 60, 80), None);
        assert_eq!(
            of("座椅子", "ネイビー", 30, 200).map(|look| look.to_string()),
            Some("floor-navy-tall".to_owned())
        );
    }
}
