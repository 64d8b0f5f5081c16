//! Sentences by rule: who did what where and when, from word lists. Each comes once, and neighbours differ in
//! all that they say.

use super::WrittenSentence;

/// Who, in both languages.
const WHO: [(&str, &str); 20] = [
    ("健太", "Kenta"),
    ("美咲", "Misaki"),
    ("大輔", "Daisuke"),
    ("由美", "Yumi"),
    ("翔", "Sho"),
    ("直子", "Naoko"),
    ("拓也", "Takuya"),
    ("恵", "Megumi"),
    ("亮", "Ryo"),
    ("愛", "Ai"),
    ("和也", "Kazuya"),
    ("千夏", "Chinatsu"),
    ("誠", "Makoto"),
    ("沙織", "Saori"),
    ("隆", "Takashi"),
    ("桃子", "Momoko"),
    ("私の友人", "My friend"),
    ("私の同僚", "My colleague"),
    ("近所の人", "Our neighbor"),
    ("うちの先生", "Our teacher"),
];

/// What was done, in both languages, and two words of it with their meanings.
type Deed = (&'static str, &'static str, [Word; 2]);

type Word = (&'static str, &'static str);

const WHAT: [Deed; 24] = [
    (
        "本を読みました",
        "read a book",
        [("read", "読む"), ("book", "本")],
    ),
    (
        "手紙を書きました",
        "wrote a letter",
        [("write", "書く"), ("letter", "手紙")],
    ),
    (
        "お茶を飲みました",
        "drank tea",
        [("drink", "飲む"), ("tea", "お茶")],
    ),
    (
        "昼食を食べました",
        "had lunch",
        [("have", "食べる"), ("lunch", "昼食")],
    ),
    (
        "絵を描きました",
        "painted a picture",
        [("paint", "（絵の具で）描く"), ("picture", "絵")],
    ),
    (
        "写真を撮りました",
        "took some photos",
        [("take", "撮る"), ("photo", "写真")],
    ),
    (
        "歌を歌いました",
        "sang a song",
        [("sing", "歌う"), ("song", "歌")],
    ),
    (
        "傘をなくしました",
        "lost an umbrella",
        [("lose", "なくす"), ("umbrella", "傘")],
    ),
    (
        "財布を拾いました",
        "found a wallet",
        [("find", "見つける"), ("wallet", "財布")],
    ),
    (
        "英語を教えました",
        "taught English",
        [("teach", "教える"), ("English", "英語")],
    ),
    (
        "新聞を買いました",
        "bought a newspaper",
        [("buy", "買う"), ("newspaper", "新聞")],
    ),
    (
        "荷物を預けました",
        "left some luggage",
        [("leave", "預ける"), ("luggage", "荷物")],
    ),
    (
        "昔の友達に会いました",
        "met an old friend",
        [("meet", "会う"), ("old", "昔からの")],
    ),
    (
        "昼寝をしました",
        "took a nap",
        [("take", "（行動を）する"), ("nap", "昼寝")],
    ),
    (
        "ギターを弾きました",
        "played the guitar",
        [("play", "弾く"), ("guitar", "ギター")],
    ),
    (
        "電話をかけました",
        "made a phone call",
        [("make", "（電話を）かける"), ("call", "電話")],
    ),
    (
        "花を植えました",
        "planted some flowers",
        [("plant", "植える"), ("flower", "花")],
    ),
    (
        "道を尋ねました",
        "asked for directions",
        [("ask for", "求める"), ("direction", "方角、道順")],
    ),
    (
        "鳥を見ました",
        "watched the birds",
        [("watch", "じっと見る"), ("bird", "鳥")],
    ),
    (
        "ごみを拾いました",
        "picked up trash",
        [("pick up", "拾う"), ("trash", "ごみ")],
    ),
    (
        "自転車を直しました",
        "fixed a bicycle",
        [("fix", "直す"), ("bicycle", "自転車")],
    ),
    (
        "おにぎりを作りました",
        "made rice balls",
        [("make", "作る"), ("rice", "米、ご飯")],
    ),
    (
        "地図を広げました",
        "spread out a map",
        [("spread out", "広げる"), ("map", "地図")],
    ),
    (
        "宿題を終えました",
        "finished the homework",
        [("finish", "終える"), ("homework", "宿題")],
    ),
];

/// Where.
const WHERE: [(&str, &str); 26] = [
    ("公園で", "in the park"),
    ("駅で", "at the station"),
    ("図書館で", "at the library"),
    ("学校で", "at school"),
    ("台所で", "in the kitchen"),
    ("庭で", "in the garden"),
    ("海辺で", "by the sea"),
    ("川のそばで", "by the river"),
    ("山の上で", "on the mountain"),
    ("喫茶店で", "at a coffee shop"),
    ("会社で", "at the office"),
    ("電車の中で", "on the train"),
    ("バスの中で", "on the bus"),
    ("ホテルで", "at the hotel"),
    ("空港で", "at the airport"),
    ("病院で", "at the hospital"),
    ("市場で", "at the market"),
    ("橋の下で", "under the bridge"),
    ("木の下で", "under a tree"),
    ("屋上で", "on the roof"),
    ("美術館で", "at the museum"),
    ("祖母の家で", "at Grandma's house"),
    ("体育館で", "in the gym"),
    ("神社で", "at the shrine"),
    ("港で", "at the harbor"),
    ("広場で", "in the square"),
];

/// When.
const WHEN: [(&str, &str); 27] = [
    ("今朝", "this morning"),
    ("昨日", "yesterday"),
    ("一昨日", "the day before yesterday"),
    ("昨夜", "last night"),
    ("先週", "last week"),
    ("先月", "last month"),
    ("去年の春", "last spring"),
    ("去年の夏", "last summer"),
    ("去年の秋", "last fall"),
    ("去年の冬", "last winter"),
    ("月曜日に", "on Monday"),
    ("火曜日に", "on Tuesday"),
    ("水曜日に", "on Wednesday"),
    ("木曜日に", "on Thursday"),
    ("金曜日に", "on Friday"),
    ("土曜日に", "on Saturday"),
    ("日曜日に", "on Sunday"),
    ("正午に", "at noon"),
    ("真夜中に", "at midnight"),
    ("三日前に", "three days ago"),
    ("二週間前に", "two weeks ago"),
    ("一時間前に", "an hour ago"),
    ("朝食の前に", "before breakfast"),
    ("夕食の後で", "after dinner"),
    ("雨の日に", "on a rainy day"),
    ("休みの日に", "on a day off"),
    ("祭りの日に", "on the day of the festival"),
];

/// How far apart neighbours are among all that can be said: no factor of how many that are, so that every
/// sentence comes once.
const STEP: usize = 123_457;

/// All that can be said, each once.
pub(super) fn sentences() -> impl Iterator<Item = WrittenSentence> {
    let all = WHO.len() * WHAT.len() * WHERE.len() * WHEN.len();
    (0..all).map(move |place| sentence(place * STEP % all))
}

/// The sentence of that number among all.
fn sentence(number: usize) -> WrittenSentence {
    let (number, who) = (number / WHO.len(), WHO[number % WHO.len()]);
    let (number, what) = (number / WHAT.len(), WHAT[number % WHAT.len()]);
    let (number, place) = (number / WHERE.len(), WHERE[number % WHERE.len()]);
    let time = WHEN[number % WHEN.len()];
    let words = what.2.into_iter();
    WrittenSentence {
        jp: format!("{}は{}、{}{}。", who.0, time.0, place.0, what.0),
        en: format!("{} {} {} {}.", who.1, what.1, place.1, time.1),
        words: words
            .map(|(word, meaning)| (word.to_owned(), meaning.to_owned()))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn they_suffice_for_a_thousand_times_the_dataset() {
        let lessons = super::super::lessons::sentences().len();
        let different: BTreeSet<_> = sentences().map(|sentence| sentence.en).collect();
        assert!(different.len() >= 999 * lessons, "{}", different.len());
    }
}
