//! Characters that a case-insensitive collation of Unicode takes for the same, as MariaDB's `utf8mb4_general_ci`,
//! `unicode_ci`, `unicode_520_ci` and `uca1400_ai_ci` have them, all taken together.
//!
//! Kept are letters and digits of all scripts; not kept are compatibility forms of Chinese, Korean and Arabic. It must
//! not know which collation a text has.

use std::sync::LazyLock;

/// Small letters and digits in groups of the same; the first stands for all.
const SAME: &str = "\
    0٠۰߀०০੦૦୦௦౦౸೦൦෦๐໐༠༳၀႐០៰᠐᥆᧐᪀᪐᭐᮰᱀᱐⁰₀⓪⓿〇 1¹١۱߁१১৴੧૧୧௧౧౹౼೧൧෧๑໑༡༪၁႑፩១៱᠑᥇᧑᧚᪁᪑᭑᮱᱁᱑₁①⓵❶➀➊〡 \
    2²٢۲߂२২৵੨૨୨௨౨౺౽೨൨෨๒໒༢༫၂႒፪២៲᠒᥈᧒᪂᪒᭒᮲᱂᱒₂②⓶❷➁➋〢 3³٣۳߃३৩৶੩૩୩௩౩౻౾೩൩෩๓໓༣༬၃႓፫៣៳᠓᥉᧓᪃᪓᭓᮳᱃᱓₃③⓷❸➂➌〣 \
    4٤۴߄४৪৷੪૪୪௪౪೪൪෪๔໔༤༭၄႔፬៤៴᠔᥊᧔᪄᪔᭔᮴᱄᱔⁴₄④⓸❹➃➍〤 5٥۵߅५৫੫૫୫௫౫೫൫෫๕໕༥༮၅႕፭៥៵᠕᥋᧕᪅᪕᭕᮵᱅᱕⁵₅⑤⓹❺➄➎〥 \
    6٦۶߆६৬੬૬୬௬౬೬൬෬๖໖༦༯၆႖፮៦៶᠖᥌᧖᪆᪖᭖᮶᱆᱖⁶₆ↅ⑥⓺❻➅➏〦 7٧۷߇७৭੭૭୭௭౭೭൭෭๗໗༧༰၇႗፯៧៷᠗᥍᧗᪇᪗᭗᮷᱇᱗⁷₇⑦⓻❼➆➐〧 \
    8٨۸߈८৮੮૮୮௮౮೮൮෮๘໘༨༱၈႘፰៨៸᠘᥎᧘᪈᪘᭘᮸᱈᱘⁸₈⑧⓼❽➇➑〨 9٩۹߉९৯੯૯୯௯౯೯൯෯๙໙༩༲၉႙፱៩៹᠙᥏᧙᪉᪙᭙᮹᱉᱙⁹₉⑨⓽❾➈➒〩 \
    aªàáâãäåāăąǎǟǡǻȁȃȧᴬᵃḁạảấầẩẫậắằẳẵặₐ bᴮᵇḃḅḇℬ cçćĉċčᶜḉℂℭⅽ dðďđᴰᵈᶞḋḍḏḑḓⅅⅆⅾ eèéêëēĕėęěȅȇȩᴱᵉḕḗḙḛḝẹẻẽếềểễệₑℯℰⅇ \
    fᶠḟℱ gĝğġģǧǵᴳᵍᵹḡℊ hĥħȟʰᴴḣḥḧḩḫẖₕℋℌℍℎℏ iìíîïĩīĭįİıǐȉȋᴵᵢḭḯỉịⁱℐℑℹⅈⅰ jĵǰʲᴶⅉⱼ kķǩᴷᵏḱḳḵₖ lĺļľłˡᴸḷḹḻḽₗℒℓⅼ \
    mᴹᵐḿṁṃₘℳⅿ nñńņňǹᴺṅṇṉṋⁿₙℕ oºòóôõöøōŏőơǒǫǭǿȍȏȫȭȯȱᴼᵒṍṏṑṓọỏốồổỗộớờởỡợₒℴ pᴾᵖṕṗₚℙ qℚ rŕŗřȑȓʳᴿᵣṙṛṝṟℛℜℝ \
    sśŝşšſșˢṡṣṥṧṩẛₛ tţťțᵀᵗṫṭṯṱẗₜ uùúûüũūŭůűųưǔǖǘǚǜȕȗᵁᵘᵤṳṵṷṹṻụủứừửữự vᵛᵥṽṿⅴⱽ wŵʷᵂẁẃẅẇẉẘ xˣẋẍₓⅹ yýÿŷȳʸẏẙỳỵỷỹ \
    zźżžᶻẑẓẕℤℨ µμ ŋᵑ ƫᶵ ǝᴲ ǯʒᶾ ȣᴽ ɐᵄ ɑᵅ ɒᶛ ɔᵓ ɕᶝ əᵊₔ ɛᵋℇ ɜᶟ ɟᶡ ɡᶢ ɣˠ ɥᶣ ɦʱ ɨᶤ ɩᶥ ɪᶦ ɭᶩ ɯᵚ ɰᶭ ɱᶬ ɲᶮ ɳᶯ ɴᶰ ɵᶱ \
    ɸᶲ ɹʴ ɻʵ ʁʶ ʂᶳ ʃᶴ ʉᶶ ʊᶷ ʋᶹ ʌᶺ ʐᶼ ʑᶽ ʕˤ ʝᶨ ʟᶫ ʹʹ ͺΐίιϊἰἱἲἳἴἵἶἷὶίιῐῑῒΐῖῗ άαἀἁἂἃἄἅἆἇὰάᾀᾁᾂᾃᾄᾅᾆᾇᾰᾱᾲᾳᾴᾶᾷ \
    έεϵἐἑἒἓἔἕὲέ ήηἠἡἢἣἤἥἦἧὴήᾐᾑᾒᾓᾔᾕᾖᾗῂῃῄῆῇ ΰυϋύϒϓϔὐὑὒὓὔὕὖὗὺύῠῡῢΰῦῧ βϐᵝᵦ γᵞᵧℽℾ δᵟ θϑᶿ κϰ οόὀὁὂὃὄὅὸό πϖℼℿ ρϱᵨῤῥ \
    ςσϲ φϕᵠᵩ χᵡᵪ ωώὠὡὢὣὤὥὦὧὼώᾠᾡᾢᾣᾤᾥᾦᾧῲῳῴῶῷ аӑӓ вᲀ гѓґ дᲁ еѐёӗ жӂӝ зӟ иѝӣӥ кќ нᵸ оӧᲂ сᲃ тᲄᲅ уўӯӱӳ чӵ ъᲆ ыӹ эӭ \
    ії ѣᲇ ѵѷ әӛ өӫ אℵ בℶ גℷ דℸ ךכ םמ ןנ ףפ ץצ ءٴࢃࢇ اࡰࡱࡲࡳࡴࡵࡶࡷࡸࡹࡺࡻࡼࡽࡾࡿࢀࢁࢂࢭ وۥࢄ يۦࢅࢆ ۀە ہۂ یࣉ ےۓ ܒܭ ܓܔܮ ܕܯ ܛܜ ܣܤ \
    ܦܧ ߖߨ ߗߩ ߙߪ कक़ खख़ गग़ जज़ डड़ ढढ़ नऩ फफ़ यय़ रऱ ळऴ ডড় ঢঢ় যয় ਖਖ਼ ਗਗ਼ ਜਜ਼ ਫਫ਼ ਲਲ਼ ਸ਼ਸ ଡଡ଼ ଢଢ଼ རཪ აⴀ ბⴁ გⴂ დⴃ ეⴄ ვⴅ ზⴆ თⴇ \
    იⴈ კⴉ ლⴊ მⴋ ნჼⴌ ოⴍ პⴎ ჟⴏ რⴐ სⴑ ტⴒ უⴓ ფⴔ ქⴕ ღⴖ ყⴗ შⴘ ჩⴙ ცⴚ ძⴛ წⴜ ჭⴝ ხⴞ ჯⴟ ჰⴠ ჱⴡ ჲⴢ ჳⴣ ჴⴤ ჵⴥ ᄀﾡ ᄁﾢ ᄂﾤ ᄃﾧ ᄄﾨ \
    ᄅﾩ ᄆﾱ ᄇﾲ ᄈﾳ ᄉﾵ ᄊﾶ ᄋﾷ ᄌﾸ ᄍﾹ ᄎﾺ ᄏﾻ ᄐﾼ ᄑﾽ ᄒﾾ ᄚﾰ ᄡﾴ ᅠﾠ ᅡￂ ᅢￃ ᅣￄ ᅤￅ ᅥￆ ᅦￇ ᅧￊ ᅨￋ ᅩￌ ᅪￍ ᅫￎ ᅬￏ ᅭￒ ᅮￓ ᅯￔ ᅰￕ ᅱￖ ᅲￗ \
    ᅳￚ ᅴￛ ᅵￜ ᆪﾣ ᆬﾥ ᆭﾦ ᆰﾪ ᆱﾫ ᆲﾬ ᆳﾭ ᆴﾮ ᆵﾯ ᚠᚡ ᚢᚤᚥ ᚦᚧ ᚨᚩᚬᚭᚮ ᚲᚳᚴᚵᚶ ᚹᛩ ᚺᚻᚼᚽ ᚾᚿᛀ ᛁᛂ ᛃᛄ ᛅᛆ ᛈᛕ ᛊᛋᛌᛍᛎᛪ ᛏᛐᛑ ᛒᛓᛔ ᛗᛘᛙ ᛚᛛ \
    ᛜᛝ ᛦᛧᛨ ᮃᮺ ᮊᮾ ᮙᮿ ᯀᯁ ᯂᯃᯄ ᯅᯆ ᯇᯈ ᯉᯊ ᯋᯌᯍ ᯎᯏ ᯒᯓ ᯔᯕ ᯖᯗ ᯘᯙᯚ ᯛᯜ ᯞᯟ ᳩᳪᳫᳬᳮᳯᳰᳱᳺ ᴂᵆ ᴈᵌ ᴉᵎ ᴖᵔ ᴗᵕ ᴜᶸ ᴝᵙ ᴥᵜ ᵻᶧ ᶅᶪ 〱〲 〳〴 \
    ぁあァアｧｱ ぃいィイｨｲ ぅうゔゥウヴｩｳ ぇえェエｪｴ ぉおォオｫｵ かがゕカガヵｶ きぎキギｷ くぐクグｸ けげゖケゲヶｹ こごコゴｺ さざサザｻ しじシジｼ すずスズｽ せぜセゼｾ そぞソゾｿ \
    ただタダﾀ ちぢチヂﾁ っつづッツヅｯﾂ てでテデﾃ とどトドﾄ なナﾅ にニﾆ ぬヌﾇ ねネﾈ のノﾉ はばぱハバパﾊ ひびぴヒビピﾋ ふぶぷフブプﾌ へべぺヘベペﾍ ほぼぽホボポﾎ まマﾏ みミﾐ むムﾑ \
    めメﾒ もモﾓ ゃやャヤｬﾔ ゅゆュユｭﾕ ょよョヨｮﾖ らラﾗ りリﾘ るルﾙ れレﾚ ろロﾛ ゎわヮワヷﾜ ゐヰヸ ゑヱヹ をヲヺｦ んンﾝ ゝゞ ーｰ ヽヾ";

/// Letters with what they are spelled out as.
const SPELLED: &str = "\
    ¼1⁄4 ½1⁄2 ¾3⁄4 ßss æae ĳij ŀl· ŉʼn œoe ƍzw ƾts ǆdz ǉlj ǌnj ǣae ǳdz ǽae ȸdb ȹqp ʣdz ʤdǯ ʥdʑ ʦts ʧtʃ ʨtɕ \
    ʩfŋ ʪls ʫlz ϗκᾴ ևեւ ׯיהוה װוו ױוי ײיי …... ℀a/c ℁a/s ℃°c ℅c/o ℆c/u ℉°f №no ℠sm ℡tel ™tm ℻fax ⅍a/s ⅱii \
    ⅲiii ⅳiv ⅵvi ⅶvii ⅷviii ⅸix ⅺxi ⅻxii ﬀff ﬁfi ﬂfl ﬃffi ﬄffl ﬅst ﬆst";

/// Characters that do not count, each from the first to the last.
#[rustfmt::skip]
const IGNORED: &[(char, char)] = &[
('\u{7f}', '\u{84}'), ('\u{86}', '\u{9f}'), ('\u{ad}', '\u{ad}'), ('\u{300}', '\u{362}'), ('\u{483}', '\u{489}'), ('\u{591}', '\u{5bd}'), ('\u{5bf}', '\u{5bf}'), ('\u{5c1}', '\u{5c2}'), ('\u{5c4}', '\u{5c5}'), ('\u{5c7}', '\u{5c7}'), ('\u{600}', '\u{605}'), ('\u{610}', '\u{61a}'), ('\u{61c}', '\u{61c}'), ('\u{640}', '\u{640}'), ('\u{64b}', '\u{65f}'), ('\u{670}', '\u{670}'), ('\u{6d6}', '\u{6e4}'), ('\u{6e7}', '\u{6e8}'), ('\u{6ea}', '\u{6ed}'), ('\u{70f}', '\u{70f}'), ('\u{711}', '\u{711}'), ('\u{730}', '\u{74a}'), ('\u{7eb}', '\u{7f3}'), ('\u{7fa}', '\u{7fa}'), ('\u{7fd}', '\u{7fd}'), ('\u{818}', '\u{819}'), ('\u{81c}', '\u{82d}'), ('\u{859}', '\u{85b}'), ('\u{890}', '\u{891}'), ('\u{898}', '\u{89f}'), ('\u{8ca}', '\u{903}'), ('\u{93c}', '\u{93c}'), ('\u{951}', '\u{954}'), ('\u{981}', '\u{983}'), ('\u{9bc}', '\u{9bc}'), ('\u{9fe}', '\u{9fe}'), ('\u{a01}', '\u{a03}'), ('\u{a3c}', '\u{a3c}'), ('\u{a70}', '\u{a71}'), ('\u{a81}', '\u{a83}'), ('\u{abc}', '\u{abc}'), ('\u{afa}', '\u{aff}'), ('\u{b01}', '\u{b03}'), ('\u{b3c}', '\u{b3c}'), ('\u{b55}', '\u{b55}'), ('\u{b82}', '\u{b82}'), ('\u{c00}', '\u{c04}'), ('\u{c3c}', '\u{c3c}'), ('\u{c81}', '\u{c83}'), ('\u{cbc}', '\u{cbc}'), ('\u{d00}', '\u{d03}'), ('\u{d81}', '\u{d83}'), ('\u{e47}', '\u{e4e}'), ('\u{ec8}', '\u{ecd}'), ('\u{f18}', '\u{f19}'), ('\u{f35}', '\u{f35}'), ('\u{f37}', '\u{f37}'), ('\u{f39}', '\u{f39}'), ('\u{f3e}', '\u{f3f}'), ('\u{f7e}', '\u{f7f}'), ('\u{f82}', '\u{f83}'), ('\u{f86}', '\u{f87}'), ('\u{fc6}', '\u{fc6}'), ('\u{1036}', '\u{1038}'), ('\u{108d}', '\u{108d}'), ('\u{135d}', '\u{135f}'), ('\u{17b4}', '\u{17b5}'), ('\u{17c6}', '\u{17d1}'), ('\u{17d3}', '\u{17d3}'), ('\u{17dd}', '\u{17dd}'), ('\u{180a}', '\u{180f}'), ('\u{1939}', '\u{193b}'), ('\u{1a74}', '\u{1a7c}'), ('\u{1a7f}', '\u{1a7f}'), ('\u{1ab0}', '\u{1abe}'), ('\u{1ac1}', '\u{1acb}'), ('\u{1b00}', '\u{1b04}'), ('\u{1b34}', '\u{1b34}'), ('\u{1b6b}', '\u{1b73}'), ('\u{1b80}', '\u{1b82}'), ('\u{1be6}', '\u{1be6}'), ('\u{1c37}', '\u{1c37}'), ('\u{1cd0}', '\u{1ce8}'), ('\u{1ced}', '\u{1ced}'), ('\u{1cf2}', '\u{1cf4}'), ('\u{1cf7}', '\u{1cf9}'), ('\u{1dc0}', '\u{1dc9}'), ('\u{1dcb}', '\u{1dd1}'), ('\u{1df5}', '\u{1dff}'), ('\u{200b}', '\u{200f}'), ('\u{202a}', '\u{202e}'), ('\u{2060}', '\u{2064}'), ('\u{2066}', '\u{206f}'), ('\u{20d0}', '\u{20f0}'), ('\u{2cef}', '\u{2cf1}'), ('\u{2d7f}', '\u{2d7f}'), ('\u{302a}', '\u{302f}'), ('\u{3099}', '\u{309a}'), ('\u{a66f}', '\u{a672}'), ('\u{a67c}', '\u{a67d}'), ('\u{a6f0}', '\u{a6f1}'), ('\u{a80b}', '\u{a80b}'), ('\u{a880}', '\u{a881}'), ('\u{a8c5}', '\u{a8c5}'), ('\u{a8e0}', '\u{a8f1}'), ('\u{a92b}', '\u{a92d}'), ('\u{a980}', '\u{a983}'), ('\u{a9b3}', '\u{a9b3}'), ('\u{aabf}', '\u{aabf}'), ('\u{aac1}', '\u{aac1}'), ('\u{abec}', '\u{abec}'), ('\u{fb1e}', '\u{fb1e}'), ('\u{fc5e}', '\u{fc63}'), ('\u{fcf2}', '\u{fcf4}'), ('\u{fe00}', '\u{fe0f}'), ('\u{fe20}', '\u{fe2f}'), ('\u{fe70}', '\u{fe74}'), ('\u{fe76}', '\u{fe7f}'), ('\u{feff}', '\u{feff}'), ('\u{ff9e}', '\u{ff9f}'), ('\u{fff9}', '\u{fffb}')];

/// What stands for characters up to U+FFFF, where it is not the character itself.
struct AlikeLetters {
    /// The number of a text for each character; 0 of one that stands for itself.
    numbers: Box<[u16]>,
    texts: Vec<&'static str>,
}

static LETTERS: LazyLock<AlikeLetters> = LazyLock::new(|| {
    let mut letters = AlikeLetters {
        numbers: vec![0; 1 << 16].into(),
        texts: vec![""],
    };
    for group in SAME.split_whitespace() {
        let end = group.chars().next().map_or(0, char::len_utf8);
        let (first, others) = group.split_at(end);
        letters.add(first, others);
    }
    for spelled in SPELLED.split_whitespace() {
        let end = spelled.chars().next().map_or(0, char::len_utf8);
        let (letter, text) = spelled.split_at(end);
        letters.add(text, letter);
    }
    letters
});

impl AlikeLetters {
    fn add(&mut self, text: &'static str, letters: &str) {
        let number = u16::try_from(self.texts.len()).unwrap_or(0);
        self.texts.push(text);
        for letter in letters.chars() {
            if let Some(known) = self.numbers.get_mut(letter as usize) {
                *known = number;
            }
        }
    }

    fn text(&self, letter: char) -> Option<&'static str> {
        let number = *self.numbers.get(letter as usize)?;
        (number > 0).then(|| self.texts[usize::from(number)])
    }
}

/// Appends what stands for all characters that are the same as `letter`, which is a small one.
pub(super) fn push_alike(folded: &mut String, letter: char) {
    // Forms of Japanese type that are as wide as a Chinese character.
    let letter = match letter {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0)
            .map_or(letter, |narrow| narrow.to_ascii_lowercase()),
        _ => letter,
    };
    if letter.is_ascii_graphic() {
        folded.push(letter);
    } else if letter.is_whitespace() && !letter.is_control() {
        folded.push(' ');
    } else if let Some(spelled) = LETTERS.text(letter) {
        folded.push_str(spelled);
    } else if !is_ignored(letter) {
        folded.push(letter);
    }
}

fn is_ignored(letter: char) -> bool {
    if letter.is_control() {
        return true;
    }
    let behind = IGNORED.partition_point(|&(first, _)| first <= letter);
    behind > 0 && letter <= IGNORED[behind - 1].1
}
