//! Descriptions: Japanese sentences that rules of our own compose from phrases of our own.
//!
//! A fixed list of [`COUNT`] for each kind, every one different and 50 to 80 characters long; rows draw
//! from it. As in the original data no text holds a quote, a backslash or markup, and exactly one text
//! of each list holds an ASCII comma.

use std::collections::BTreeSet;

use super::random::Random;

/// Texts in a list.
pub(super) const COUNT: usize = 1_000;

const LENGTHS: std::ops::RangeInclusive<usize> = 50..=80;

const TIMES: [&str; 14] = [
    "朝いちばん",
    "昼下がり",
    "夕暮れどき",
    "休日の午後",
    "雨の日",
    "春先",
    "梅雨の晴れ間",
    "真夏の夜",
    "秋の夜長",
    "冬の朝",
    "週末",
    "仕事帰り",
    "眠れない夜",
    "家族のそろう晩",
];

const SPOTS: [&str; 14] = [
    "窓辺",
    "書斎",
    "縁側",
    "居間",
    "仕事部屋",
    "台所の隅",
    "ベランダ",
    "子ども部屋",
    "暖炉の前",
    "本棚のそば",
    "庭先",
    "屋根裏",
    "床の間の前",
    "店先",
];

const ACTS: [&str; 16] = [
    "本を開く",
    "手紙を書く",
    "音楽を聴く",
    "お茶を飲む",
    "編み物をする",
    "考えごとをする",
    "うたた寝をする",
    "映画を観る",
    "日記をつける",
    "友人と語り合う",
    "絵筆をとる",
    "地図を眺める",
    "将棋をさす",
    "プログラムを書く",
    "楽器を鳴らす",
    "星を数える",
];

const MAKERS: [&str; 10] = [
    "町の小さな工房",
    "三代続く家具職人",
    "若い木工作家",
    "山あいの製材所",
    "港町の椅子屋",
    "元船大工の棟梁",
    "布張りの名人",
    "北の森の木こり",
    "鉄を知る鍛冶屋",
    "定年後の技術者",
];

const METHODS: [&str; 10] = [
    "一脚ずつ丁寧に",
    "半年をかけて",
    "図面を引き直しながら",
    "昔ながらの道具で",
    "手触りを確かめつつ",
    "木目を読みながら",
    "余計な飾りをそぎ落として",
    "何度も座り比べて",
    "家族のために",
    "心をこめて",
];

const COMFORTS: [&str; 12] = [
    "背中をやさしく支え",
    "体をふんわりと包み",
    "腰をしっかり受けとめ",
    "肩の力をそっとほどき",
    "足もとまでゆったりとして",
    "座るたびに深く息がつけ",
    "立ち上がるのも楽で",
    "小柄な人にもよくなじみ",
    "長い時間でも疲れにくく",
    "ひざの角度まで考えられ",
    "ほどよい弾みがあって",
    "ひじの置き場に迷わず",
];

const CHAIR_ENDINGS: [&str; 12] = [
    "使うほど手になじみます。",
    "暮らしに静かな彩りを添えます。",
    "いつもの部屋が広く感じられます。",
    "次の世代にも譲れます。",
    "贈り物にも喜ばれています。",
    "机との高さもよく合います。",
    "置くだけで絵になります。",
    "修理をしながら長く付き合えます。",
    "掃除のときも軽々と動かせます。",
    "一日の終わりが待ち遠しくなります。",
    "来客にも自信をもって勧められます。",
    "どんな床にもよく似合います。",
];

const VIEWS: [&str; 14] = [
    "川沿いの桜並木",
    "遠くの山なみ",
    "港を行き交う船",
    "古い商店街の屋根",
    "広い公園の木立",
    "寺の大いちょう",
    "電車の走る高架",
    "畑と小さな丘",
    "静かな運河",
    "城跡の石垣",
    "海から昇る朝日",
    "街の夜景",
    "小学校の校庭",
    "竹林の小道",
];

const SITES: [&str; 10] = [
    "静かな高台",
    "駅から歩ける坂の上",
    "路地の奥",
    "川べりの一角",
    "並木道沿い",
    "角地の南側",
    "広場に面した通り",
    "市場の裏手",
    "バス通りから一本入った所",
    "古くからの住宅地",
];

const EVENTS: [&str; 14] = [
    "窓いっぱいに光が差しこみ",
    "涼しい風が部屋を通りぬけ",
    "鳥の声が近くに聞こえ",
    "商店街の灯りがともり",
    "遠くの花火まで見渡せ",
    "雨音だけが耳に届き",
    "どこかの夕餉の匂いが漂い",
    "金木犀の香りが流れこみ",
    "子どもたちの笑い声が響き",
    "雪明かりが天井に映り",
    "虫の音が心地よく",
    "床の木目が美しく浮かび",
    "朝市の威勢のよい声が届き",
    "月の光が廊下に伸び",
];

const LIVES: [&str; 12] = [
    "料理や読書を楽しむ",
    "小さな店を始める",
    "家で仕事をする",
    "犬や猫とのんびり過ごす",
    "友人を招いて食卓を囲む",
    "楽器の練習にはげむ",
    "自転車で町をめぐる",
    "植物を育てる",
    "子育てをする",
    "ひとりの時間を大切にする",
    "写真や絵を飾る",
    "二人で新しく始める",
];

const ESTATE_ENDINGS: [&str; 10] = [
    "暮らしにぴったりです。",
    "毎日を支えてくれます。",
    "方に選ばれています。",
    "住まいをお探しの方へ。",
    "日々が思い浮かびます。",
    "夢をかなえる間取りです。",
    "人にこそ見てほしい部屋です。",
    "生活の拠点になります。",
    "ための工夫がいくつもあります。",
    "喜びを教えてくれます。",
];

/// The descriptions of chairs.
pub(super) fn of_chairs() -> Vec<String> {
    list("chair descriptions", |random| {
        format!(
            "{}に{}で{}ひとときのために、{}が{}仕上げた椅子です。{}、{}",
            random.pick(&TIMES),
            random.pick(&SPOTS),
            random.pick(&ACTS),
            random.pick(&MAKERS),
            random.pick(&METHODS),
            random.pick(&COMFORTS),
            random.pick(&CHAIR_ENDINGS)
        )
    })
}

/// The descriptions of estates.
pub(super) fn of_estates() -> Vec<String> {
    list("estate descriptions", |random| {
        format!(
            "{}を望む{}の部屋です。{}には{}、{}{}",
            random.pick(&VIEWS),
            random.pick(&SITES),
            random.pick(&TIMES),
            random.pick(&EVENTS),
            random.pick(&LIVES),
            random.pick(&ESTATE_ENDINGS)
        )
    })
}

fn list(stream: &str, compose: impl Fn(&mut Random) -> String) -> Vec<String> {
    let mut random = Random::stream(stream);
    let mut seen = BTreeSet::new();
    let mut texts = Vec::with_capacity(COUNT);
    while texts.len() < COUNT {
        let text = compose(&mut random);
        if LENGTHS.contains(&text.chars().count()) && seen.insert(text.clone()) {
            texts.push(text);
        }
    }
    // One text with a comma keeps every reader of the CSV batches honest about quoting.
    texts[0] = texts[0].replacen('、', ",", 1);
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_different_and_of_the_right_length_and_letters() {
        for texts in [of_chairs(), of_estates()] {
            let different: BTreeSet<_> = texts.iter().collect();
            assert_eq!(different.len(), COUNT);
            for text in &texts {
                assert!(LENGTHS.contains(&text.chars().count()), "{text}");
                assert!(
                    !text.contains(['\'', '"', '\\', ';', '<', '>', '&', '\n']),
                    "{text}"
                );
            }
            assert_eq!(texts.iter().filter(|text| text.contains(',')).count(), 1);
        }
    }
}
