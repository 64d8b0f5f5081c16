//! Rows that SQLite keeps apart and a server's collation does not: `'É'` and `'e'`, `'x'` and `'x '` in a unique key
//! of texts.
//!
//! Where duplicates are left out, replaced or changed (`INSERT IGNORE`, `REPLACE`, upserts), a server has fewer rows.
//! That is found out for tables that had such a statement, when all rows are in, and for rows that are replaced or
//! gone by then while they come (`seen_keys`). It is noted at the first statement.

use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::table::ImportTable;
use crate::dump::{KeyKind, KeyPart, TextFolding, ValueType};
use crate::file::sql::quoted;
use crate::load::note::{Note, NoteClass, counted};

/// A column of a key: its index, how many characters count, and which texts are the same.
pub(super) struct TextPart {
    pub(super) index: usize,
    length: Option<usize>,
    pub(super) folding: Option<TextFolding>,
}

/// A unique key of texts that a server may take for the same: its name and its parts.
pub(super) type TextKey = (String, Vec<TextPart>);

impl ImportTable {
    /// Notes of unique keys whose rows are fewer on a server.
    pub(super) fn kept_apart(&self, connection: &Connection) -> rusqlite::Result<Vec<Note>> {
        let Some((input, position)) = &self.merged else {
            return Ok(Vec::new());
        };
        // Those of keys that are gone count too.
        let mut counts = self.merged_before.clone();
        for (at, (name, parts)) in self.text_keys().into_iter().enumerate() {
            let seen = self.seen_keys.as_ref();
            let known = counts.entry(name).or_default();
            *known += seen.map_or(0, |seen| seen.merged(at));
            if !seen.is_some_and(|seen| seen.has_all(at)) {
                *known = self.same_rows(connection, &parts)?.max(*known);
            }
        }
        let mut notes = Vec::new();
        for (name, count) in counts {
            if count > 0 {
                let what = format!(
                    "table {}, key {name}: {} beside others that a server's collation takes for the same, and \
                     would have merged",
                    self.definition.name,
                    counted(count, "row"),
                );
                notes.push(Note::new(input, *position, NoteClass::Lossy, what));
            }
        }
        Ok(notes)
    }

    /// The unique keys of texts of which a server may take several for the same.
    pub(super) fn text_keys(&self) -> Vec<TextKey> {
        let primary = (!self.definition.primary_key.is_empty())
            .then_some(("PRIMARY", self.definition.primary_key.as_slice()));
        let unique = self.definition.keys.iter();
        let unique = unique.filter(|key| key.kind == KeyKind::Unique).map(|key| {
            let name = key.name.as_deref().unwrap_or("UNIQUE");
            (name, key.parts.as_slice())
        });
        let keys = primary.into_iter().chain(unique);
        keys.filter_map(|(name, parts)| Some((name.to_owned(), self.text_parts(parts)?)))
            .collect()
    }

    /// The parts of a key over plain columns, if a text is among them that a server may take for another.
    fn text_parts(&self, parts: &[KeyPart]) -> Option<Vec<TextPart>> {
        let parts = parts.iter().map(|part| {
            let index = self.layout.index_of(part.column()?)?;
            let column = &self.layout.columns[index];
            let is_text = matches!(column.kind, ValueType::Text(_) | ValueType::Char(_));
            let folding = is_text
                .then(|| self.definition.column(&column.name))
                .flatten()
                .map(|definition| TextFolding::of(definition, &self.definition));
            Some(TextPart {
                index,
                length: part.length.and_then(|length| usize::try_from(length).ok()),
                folding,
            })
        });
        let parts: Vec<TextPart> = parts.collect::<Option<_>>()?;
        let folds = |part: &TextPart| part.folding.is_some_and(TextFolding::merges);
        parts.iter().any(folds).then_some(parts)
    }

    /// How many rows have the key of an earlier one to a server.
    fn same_rows(&self, connection: &Connection, parts: &[TextPart]) -> rusqlite::Result<u64> {
        let name = |part: &TextPart| quoted(&self.layout.columns[part.index].name);
        let texts = parts.iter().filter(|part| part.folding.is_some());
        let odd: Vec<String> = texts
            .map(|part| {
                let own = name(part);
                let counted = match part.length {
                    Some(length) => format!("substr({own}, 1, {length})"),
                    None => own.clone(),
                };
                let padded = format!("substr({counted}, -1) = ' '");
                match part.folding {
                    Some(folding) if folding.splits_ascii() => "1".to_owned(),
                    Some(folding) if folding.is_exact() => padded,
                    _ => format!("{own} GLOB '*[^ -~]*' OR {padded}"),
                }
            })
            .collect();
        let table = quoted(&self.name);
        let any = format!(
            "SELECT EXISTS (SELECT 1 FROM {table} WHERE {})",
            odd.join(" OR ")
        );
        if !connection.query_row(&any, [], |row| row.get::<_, bool>(0))? {
            return Ok(0);
        }
        let columns: Vec<String> = parts.iter().map(name).collect();
        let sql = format!("SELECT {} FROM {table}", columns.join(", "));
        let mut statement = connection.prepare(&sql)?;
        let mut rows = statement.query([])?;
        let mut seen = HashSet::new();
        let mut count = 0;
        while let Some(row) = rows.next()? {
            let mut hasher = DefaultHasher::new();
            let mut has_null = false;
            for (at, part) in parts.iter().enumerate() {
                match row.get_ref(at)? {
                    ValueRef::Null => has_null = true,
                    ValueRef::Integer(number) => number.hash(&mut hasher),
                    ValueRef::Real(number) => number.to_bits().hash(&mut hasher),
                    ValueRef::Text(text) => part.folded(text).hash(&mut hasher),
                    ValueRef::Blob(bytes) => bytes.hash(&mut hasher),
                }
            }
            if !has_null && !seen.insert(hasher.finish()) {
                count += 1;
            }
        }
        Ok(count)
    }
}

/// The text of a value, which is UTF-8 as a rule.
pub(super) fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    simdutf8::basic::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

impl TextPart {
    fn folded(&self, text: &[u8]) -> String {
        self.folded_text(&text_of(text))
    }

    /// What is the same for all texts that a server takes for the same.
    pub(super) fn folded_text(&self, text: &str) -> String {
        let text = self.counted(text);
        match self.folding {
            Some(folding) => folding.folded(text),
            None => text.to_owned(),
        }
    }

    /// The characters that count.
    pub(super) fn counted<'t>(&self, text: &'t str) -> &'t str {
        let end = self
            .length
            .and_then(|length| text.char_indices().nth(length));
        end.map_or(text, |(end, _)| &text[..end])
    }

    /// Whether SQLite may take the text for another than one that a server takes for the same.
    pub(super) fn is_odd(&self, text: &str) -> bool {
        let plain = |byte: u8| (b' '..=b'~').contains(&byte);
        self.folding.is_some_and(|folding| {
            let letters = !folding.is_exact() && !text.bytes().all(plain);
            folding.merges()
                && (letters || folding.splits_ascii() || self.counted(text).ends_with(' '))
        })
    }
}
