//! Descriptions: Japanese sentences that rules of our own compose from phrases of our own.
//!
//! A fixed list of [`COUNT`] for each kind, every one different and 50 to 80 characters long; rows draw
//! from it. As in the original data no text holds a quote, a backslash or markup, and exactly one text
//! of each list holds an ASCII comma.

use std::collections::BTreeSet;

use crate::random::Random;

/// Texts in a list.
pub(super) const COUNT: usize = 1_000;

const LENGTHS: std::ops::RangeInclusive<usize> = 50..=80;

const SPOTS: [&str; 13] = [
    "窓辺",
    "書斎",
    "縁側",
    "居間",
    "仕事部屋",
    "台所の隅",
    "ベランダ",
    "子ども部屋",
    "本棚のそば",
    "庭先",
    "屋根裏",
    "床の間の前",
    "店先",
];

const ACTS: [&str; 15] = [
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

/// Times of the day or year, each with what can be seen, heard or smelled then: drawn apart, they would
/// give snow in midsummer.
const MOMENTS: [(&str, &[&str]); 14] = [
    (
        "朝いちばん",
        &[
            "窓いっぱいに光が差しこみ",
            "朝市の威勢のよい声が届き",
            "鳥の声が近くに聞こえ",
            "涼しい風が部屋を通りぬけ",
        ],
    ),
    (
        "昼下がり",
        &[
            "鳥の声が近くに聞こえ",
            "子どもたちの笑い声が響き",
            "木もれ日が床に揺れ",
            "焼きたてのパンの香りが流れこみ",
        ],
    ),
    (
        "夕暮れどき",
        &[
            "商店街の灯りがともり",
            "どこかの夕餉の匂いが漂い",
            "空の色が壁を染め",
            "家路を急ぐ足音が聞こえ",
        ],
    ),
    (
        "休日の午後",
        &[
            "子どもたちの笑い声が響き",
            "床の木目が美しく浮かび",
            "涼しい風が部屋を通りぬけ",
            "鳥の声が近くに聞こえ",
        ],
    ),
    (
        "雨の日",
        &[
            "雨音だけが耳に届き",
            "ぬれた木々の匂いが漂い",
            "色とりどりの傘が通りを行き交い",
            "静けさが部屋を満たし",
        ],
    ),
    (
        "春先",
        &[
            "花の香りが流れこみ",
            "鳥の声が近くに聞こえ",
            "やわらかな光が廊下に伸び",
            "淡い若葉の色が目にうつり",
        ],
    ),
    (
        "梅雨の晴れ間",
        &[
            "洗いたての空が広がり",
            "窓いっぱいに光が差しこみ",
            "涼しい風が部屋を通りぬけ",
            "あじさいの色があざやかで",
        ],
    ),
    (
        "真夏の夜",
        &[
            "遠くの花火まで見渡せ",
            "涼しい風が部屋を通りぬけ",
            "風鈴の音が耳に届き",
            "祭りばやしがかすかに聞こえ",
        ],
    ),
    (
        "秋の夜長",
        &[
            "虫の音が心地よく",
            "月の光が廊下に伸び",
            "金木犀の香りが流れこみ",
            "澄んだ星空が窓に広がり",
        ],
    ),
    (
        "冬の朝",
        &[
            "雪明かりが天井に映り",
            "低い日ざしが部屋の奥まで届き",
            "湯気の立つ台所がにぎわい",
            "澄んだ空気に山が近く見え",
        ],
    ),
    (
        "週末",
        &[
            "子どもたちの笑い声が響き",
            "商店街の呼び声が届き",
            "窓いっぱいに光が差しこみ",
            "どこかの夕餉の匂いが漂い",
        ],
    ),
    (
        "仕事帰り",
        &[
            "商店街の灯りがともり",
            "どこかの夕餉の匂いが漂い",
            "街の灯りが迎えてくれ",
            "見慣れた窓の明かりが心を和ませ",
        ],
    ),
    (
        "眠れない夜",
        &[
            "雨音だけが耳に届き",
            "月の光が廊下に伸び",
            "夜汽車の音がかすかに聞こえ",
            "静けさが部屋を満たし",
        ],
    ),
    (
        "家族のそろう晩",
        &[
            "月の光が廊下に伸び",
            "鍋の湯気が部屋をあたため",
            "笑い声がやさしく響き",
            "床の木目が美しく浮かび",
        ],
    ),
];

const LIVES: [&str; 12] = [
    "料理や読書を楽しむ",
    "小さな店を営む",
    "家で仕事をする",
    "犬や猫とのんびり過ごす",
    "友人を招いて食卓を囲む",
    "楽器の練習にはげむ",
    "自転車で町をめぐる",
    "植物を育てる",
    "子育てをする",
    "ひとりの時間を大切にする",
    "写真や絵を飾る",
    "二人で暮らしを始める",
];

const ESTATE_ENDINGS: [&str; 10] = [
    "暮らしにぴったりです。",
    "毎日を支えてくれます。",
    "方に選ばれています。",
    "ための住まいをお探しの方へ。",
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
        let (time, _) = random.pick(&MOMENTS);
        let spot = random.pick(&SPOTS);
        let maker = random.pick(&MAKERS);
        let opening = match random.index(3) {
            0 => {
                let method = random.pick(&METHODS);
                let act = random.pick(&ACTS);
                format!("{time}に{spot}で{act}ひとときのために、{maker}が{method}仕上げた椅子です")
            }
            1 => {
                let method = random.pick(&METHODS);
                format!("{spot}によく似合う、{maker}が{method}仕上げた椅子です")
            }
            _ => {
                let act = random.pick(&ACTS);
                format!("{spot}で{act}{time}に寄りそう、{maker}の手になる椅子です")
            }
        };
        let (comfort, ending) = (random.pick(&COMFORTS), random.pick(&CHAIR_ENDINGS));
        format!("{opening}。{comfort}、{ending}")
    })
}

/// The descriptions of estates.
pub(super) fn of_estates() -> Vec<String> {
    list("estate descriptions", |random| {
        let (time, events) = random.pick(&MOMENTS);
        format!(
            "{}を望む{}の部屋です。{time}には{}、{}{}",
            random.pick(&VIEWS),
            random.pick(&SITES),
            random.pick(events),
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
