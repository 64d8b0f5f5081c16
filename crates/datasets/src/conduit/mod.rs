//! A blog for the app `conduit`: users, articles with tags, comments, favorites, follows.
//!
//! Who writes, what is liked and which tags are used goes by Zipf's law, as it does where people meet.
//! Everybody and everything in it is fictional. Nobody has a password: no account of it can be signed in
//! to before somebody gives it one.
//!
//! # Layout
//! - `words`: word lists; `prose`: titles and texts made of them
//! - `writers`: users; `calendar`: times
//! - `articles`, `links`: what they write, and how all that hangs together
//! - this file: rows as packed CSV files

mod articles;
mod calendar;
mod links;
mod prose;
mod words;
mod writers;

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use self::articles::Post;
use self::calendar::rfc3339;
use self::links::Links;
use self::writers::Account;
use crate::sums;
use crate::written::{Packing, Written, store_packed};

/// Users of the built-in dataset.
const USERS: usize = 200;

/// Everything, before it is written.
struct GeneratedBlog {
    accounts: Vec<Account>,
    posts: Vec<Post>,
    links: Links,
}

impl GeneratedBlog {
    fn of(scale: u32) -> Self {
        let scale = usize::try_from(scale).unwrap_or(usize::MAX);
        let accounts = writers::accounts(USERS * scale);
        let posts = articles::posts(scale, accounts.len());
        let links = Links::between(&posts, accounts.len(), scale);
        Self {
            accounts,
            posts,
            links,
        }
    }
}

/// Writes a row of a file.
type WriteRow<'w> = dyn FnMut(&[&str]) -> io::Result<()> + 'w;

/// A file.
struct Sheet {
    name: &'static str,
    header: &'static [&'static str],
    rows: fn(&GeneratedBlog, &mut WriteRow<'_>) -> io::Result<()>,
}

const SHEETS: [Sheet; 6] = [
    Sheet {
        name: "article.csv",
        header: &[
            "id",
            "slug",
            "title",
            "description",
            "body",
            "author_id",
            "created_at",
            "updated_at",
        ],
        rows: article_rows,
    },
    Sheet {
        name: "article_tag.csv",
        header: &["article_id", "tag"],
        rows: |blog, row| {
            blog.links
                .tags
                .iter()
                .try_for_each(|(article, tag)| row(&[&article.to_string(), tag]))
        },
    },
    Sheet {
        name: "comment.csv",
        header: &[
            "id",
            "article_id",
            "author_id",
            "body",
            "created_at",
            "updated_at",
        ],
        rows: comment_rows,
    },
    Sheet {
        name: "favorite.csv",
        header: &["user_id", "article_id"],
        rows: |blog, row| pairs(&blog.links.favorites, row),
    },
    Sheet {
        name: "follow.csv",
        header: &["follower_id", "followed_id"],
        rows: |blog, row| pairs(&blog.links.follows, row),
    },
    Sheet {
        name: "user.csv",
        header: &[
            "id",
            "username",
            "email",
            "password",
            "bio",
            "image",
            "created_at",
            "updated_at",
        ],
        rows: user_rows,
    },
];

impl Sheet {
    fn write(&self, blog: &GeneratedBlog, out: &mut dyn Write) -> io::Result<()> {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record(self.header)?;
        (self.rows)(blog, &mut |row| Ok(csv.write_record(row)?))?;
        csv.flush()
    }

    /// Writes the file below `folder`; gives it with the digest of its text.
    fn store(
        &self,
        folder: &Path,
        blog: &GeneratedBlog,
        packing: Packing,
    ) -> io::Result<(Written, String)> {
        store_packed(folder, self.name, packing, |out| self.write(blog, out))
    }
}

/// Writes the dataset into `folder`, with `scale` times the rows of the built-in one, but the same tags;
/// reports to `wrote` about each file.
///
/// # Errors
/// When a file cannot be written.
pub(crate) fn write_dataset(
    folder: &Path,
    scale: u32,
    packing: Packing,
    wrote: &mut dyn FnMut(&Written),
) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let blog = GeneratedBlog::of(scale);
    let mut digests = Vec::new();
    for sheet in &SHEETS {
        let (file, digest) = sheet.store(folder, &blog, packing)?;
        digests.push((sheet.name.to_owned(), digest));
        wrote(&file);
    }
    wrote(&Written {
        name: sums::NAME.to_owned(),
        stored_bytes: sums::write(folder, digests)?,
    });
    Ok(())
}

fn user_rows(blog: &GeneratedBlog, row: &mut WriteRow<'_>) -> io::Result<()> {
    for (index, account) in blog.accounts.iter().enumerate() {
        let (id, time) = ((index + 1).to_string(), rfc3339(account.created_at));
        let Account {
            username,
            email,
            bio,
            image,
            ..
        } = account;
        row(&[&id, username, email, "", bio, image, &time, &time])?;
    }
    Ok(())
}

fn article_rows(blog: &GeneratedBlog, row: &mut WriteRow<'_>) -> io::Result<()> {
    for (index, post) in blog.posts.iter().enumerate() {
        let (id, author) = ((index + 1).to_string(), post.author.to_string());
        let [created, updated] = [post.created_at, post.updated_at].map(rfc3339);
        let Post {
            slug,
            title,
            description,
            body,
            ..
        } = post;
        row(&[
            &id,
            slug,
            title,
            description,
            body,
            &author,
            &created,
            &updated,
        ])?;
    }
    Ok(())
}

fn comment_rows(blog: &GeneratedBlog, row: &mut WriteRow<'_>) -> io::Result<()> {
    for (index, comment) in blog.links.comments.iter().enumerate() {
        let id = (index + 1).to_string();
        let [article, author] = [comment.article, comment.author].map(|id| id.to_string());
        let time = rfc3339(comment.created_at);
        row(&[&id, &article, &author, &comment.body, &time, &time])?;
    }
    Ok(())
}

fn pairs(pairs: &[(usize, usize)], row: &mut WriteRow<'_>) -> io::Result<()> {
    pairs
        .iter()
        .try_for_each(|(one, other)| row(&[&one.to_string(), &other.to_string()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packing texts as hard takes seconds of processor time, and says no more.
    #[test]
    fn links_are_packed_as_in_the_repository() {
        let made = tempfile::tempdir().unwrap();
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dataset/conduit");
        let blog = GeneratedBlog::of(1);
        for sheet in SHEETS.iter().filter(|sheet| sheet.name.starts_with('f')) {
            let (file, _) = sheet.store(made.path(), &blog, Packing::Hard).unwrap();
            let [expected, written] =
                [&committed, made.path()].map(|folder| fs::read(folder.join(&file.name)).unwrap());
            assert!(written == expected, "{} differs", file.name);
        }
    }
}
