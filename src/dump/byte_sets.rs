//! Character sets of a byte that the Web does not have, so that `encoding_rs` does not know them.
//!
//! The truth is what a real server converts to utf8mb4; `tests/integration/import/charsets.rs` asks it for every code.
//! Codes that are no character are U+FFFD here, and errors where they are read.

/// A character set of a byte.
#[derive(Debug, PartialEq, Eq)]
pub struct ByteSet {
    /// Its name.
    name: &'static str,
    /// The first code that is not the character of ASCII.
    first: u8,
    /// The characters from there on.
    letters: &'static str,
}

/// No character.
const NONE: char = '\u{fffd}';

impl ByteSet {
    /// The set of a name in small letters.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        SETS.iter().find(|set| set.name == name)
    }

    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// The text that bytes stand for, or the place of the first that stands for nothing.
    pub(super) fn decode(&self, bytes: &[u8]) -> Result<String, usize> {
        let letters: Vec<char> = self.letters.chars().collect();
        let letter = |(at, &byte): (usize, &u8)| match byte.checked_sub(self.first) {
            None => Ok(char::from(byte)),
            Some(place) => match letters.get(usize::from(place)) {
                Some(&NONE) | None => Err(at),
                Some(&letter) => Ok(letter),
            },
        };
        bytes.iter().enumerate().map(letter).collect()
    }

    /// The code of a character; `None` where the set lacks it.
    pub(super) fn code(&self, letter: char) -> Option<u8> {
        if u32::from(letter) < u32::from(self.first) {
            return u8::try_from(u32::from(letter)).ok();
        }
        let place = self
            .letters
            .chars()
            .position(|own| own == letter && own != NONE)?;
        u8::try_from(place).ok()?.checked_add(self.first)
    }
}

#[rustfmt::skip]
static SETS: &[ByteSet] = &[
    ByteSet { name: "armscii8", first: 0x80, letters: "\
        \u{80}\u{81}\u{82}\u{83}\u{84}\u{85}\u{86}\u{87}\u{88}\u{89}\u{8a}\u{8b}\u{8c}\u{8d}\u{8e}\u{8f}\u{90}\u{91}\u{92}\u{93}\u{94}\u{95}\u{96}\u{97}\u{98}\u{99}\u{9a}\u{9b}\u{9c}\u{9d}\u{9e}\u{9f}\
        \u{a0}❁§։)(»«—.՝,-՟…՜՛՞ԱաԲբԳգԴդԵեԶզԷէ\
        ԸըԹթԺժԻիԼլԽխԾծԿկՀհՁձՂղՃճՄմՅյՆնՇշ\
        ՈոՉչՊպՋջՌռՍսՎվՏտՐրՑցՒւՓփՔքՕօՖֆ’'" },
    ByteSet { name: "cp850", first: 0x80, letters: "\
        ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒ\
        áíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐\
        └┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀\
        ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}" },
    ByteSet { name: "cp852", first: 0x80, letters: "\
        ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×č\
        áíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐\
        └┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀\
        ÓßÔŃńňŠšŔÚŕŰýÝţ´\u{ad}˝˛ˇ˘§÷¸°¨˙űŘř■\u{a0}" },
    ByteSet { name: "dec8", first: 0x80, letters: "\
        \u{80}\u{81}\u{82}\u{83}\u{84}\u{85}\u{86}\u{87}\u{88}\u{89}\u{8a}\u{8b}\u{8c}\u{8d}\u{8e}\u{8f}\u{90}\u{91}\u{92}\u{93}\u{94}\u{95}\u{96}\u{97}\u{98}\u{99}\u{9a}\u{9b}\u{9c}\u{9d}\u{9e}\u{9f}\
        \u{a0}¡¢£\u{fffd}¥\u{fffd}§¤©ª«\u{fffd}\u{fffd}\u{fffd}\u{fffd}°±²³\u{fffd}µ¶·\u{fffd}¹º»¼½\u{fffd}¿\
        ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏ\u{fffd}ÑÒÓÔÕÖŒØÙÚÛÜŸ\u{fffd}ß\
        àáâãäåæçèéêëìíîï\u{fffd}ñòóôõöœøùúûüÿ\u{fffd}\u{fffd}" },
    ByteSet { name: "geostd8", first: 0x80, letters: "\
        €\u{fffd}‚\u{fffd}„…†‡\u{fffd}‰\u{fffd}‹\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}‘’“”•–—\u{fffd}\u{fffd}\u{fffd}›\u{fffd}\u{fffd}\u{fffd}\u{fffd}\
        \u{a0}¡¢£¤¥¦§¨©ª«¬\u{ad}®¯°±²³´µ¶·¸¹º»¼½¾¿\
        აბგდევზჱთიკლმნჲოპჟრსტჳუფქღყშჩცძწ\
        ჭხჴჯჰჵ\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}№\u{fffd}\u{fffd}" },
    ByteSet { name: "hp8", first: 0x80, letters: "\
        \u{80}\u{81}\u{82}\u{83}\u{84}\u{85}\u{86}\u{87}\u{88}\u{89}\u{8a}\u{8b}\u{8c}\u{8d}\u{8e}\u{8f}\u{90}\u{91}\u{92}\u{93}\u{94}\u{95}\u{96}\u{97}\u{98}\u{99}\u{9a}\u{9b}\u{9c}\u{9d}\u{9e}\u{9f}\
        \u{a0}ÀÂÈÊËÎÏ´ˋˆ¨˜ÙÛ₤¯Ýý°ÇçÑñ¡¿¤£¥§ƒ¢\
        âêôûáéóúàèòùäëöüÅîØÆåíøæÄìÖÜÉïßÔ\
        ÁÃãÐðÍÌÓÒÕõŠšÚŸÿÞþ·µ¶¾—¼½ªº«■»±\u{fffd}" },
    ByteSet { name: "keybcs2", first: 0x80, letters: "\
        ČüéďäĎŤčěĚĹÍľĺÄÁÉžŽôöÓůÚýÖÜŠĽÝŘť\
        áíóúňŇŮÔšřŕŔ¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
        └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀\
        αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}" },
    ByteSet { name: "macce", first: 0x80, letters: "\
        ÄĀāÉĄÖÜáąČäčĆćéŹźĎíďĒēĖóėôöõúĚěü\
        †°Ę£§•¶ß®©™ę¨≠ģĮįĪ≤≥īĶ∂∑łĻļĽľĹĺŅ\
        ņŃ¬√ńŇ∆«»…\u{a0}ňŐÕőŌ–—“”‘’÷◊ōŔŕŘ‹›řŖ\
        ŗŠ‚„šŚśÁŤťÍŽžŪÓÔūŮÚůŰűŲųÝýķŻŁżĢˇ" },
    // Of seven bits.
    ByteSet { name: "swe7", first: 0x40, letters: "\
        ÉABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÅÜ_\
        éabcdefghijklmnopqrstuvwxyzäöåü\u{fffd}" },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_every_letter() {
        for set in SETS {
            let count = set.letters.chars().count();
            assert_eq!(
                count,
                if set.name == "swe7" { 64 } else { 128 },
                "{}",
                set.name
            );
            for (byte, letter) in (set.first..=0xff).zip(set.letters.chars()) {
                if letter == NONE {
                    assert_eq!(set.decode(&[b'a', byte]), Err(1), "{} {byte:x}", set.name);
                    continue;
                }
                assert_eq!(set.decode(&[byte]), Ok(letter.to_string()));
                let code = set.code(letter).unwrap();
                assert_eq!(set.decode(&[code]), Ok(letter.to_string()));
            }
            assert_eq!(set.code('日'), None);
        }
        let cp850 = ByteSet::named("cp850").unwrap();
        assert_eq!(cp850.decode(b"caf\x82").unwrap(), "café");
        assert_eq!(cp850.code('é'), Some(0x82));
    }
}
