use std::io::{Cursor, Write};
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::source::{ReadOptions, open, open_reader};

/// What an input gives: titles, and codes of errors with the member that they are about.
fn seen(bytes: &[u8], options: &ReadOptions) -> Vec<String> {
    // As a file, which can be searched.
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.bin");
    std::fs::write(&path, bytes).unwrap();
    shown(open(&path, options))
}

fn streamed(bytes: &[u8], options: &ReadOptions) -> Vec<String> {
    shown(open_reader(Box::new(Cursor::new(bytes.to_vec())), Path::new("-"), 0, options))
}

fn shown(source: Result<Box<dyn Source>, RecordError>) -> Vec<String> {
    let show = |record: Result<Article, RecordError>| match record {
        Ok(article) => {
            let member = article.provenance.member.as_deref().unwrap_or("-");
            format!("{member}:{} {}", article.provenance.line, article.title)
        }
        Err(error) => format!("{} {}", error.code, error.member.as_deref().unwrap_or("-")),
    };
    match source {
        Ok(source) => source.map(show).collect(),
        Err(error) => vec![show(Err(error))],
    }
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A member of a zip archive under construction.
struct Packed<'a> {
    name: &'a str,
    text: Vec<u8>,
    method: u16,
    flags: u16,
}

fn packed<'a>(name: &'a str, text: impl AsRef<[u8]>) -> Packed<'a> {
    Packed { name, text: text.as_ref().to_vec(), method: 8, flags: 0x800 }
}

fn zip(members: &[Packed<'_>]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for member in members {
        let data = match member.method {
            8 => deflate(&member.text),
            93 => zstd::encode_all(&member.text[..], 1).unwrap(),
            _ => member.text.clone(),
        };
        let mut crc = flate2::Crc::new();
        crc.update(&member.text);
        let place = out.len() as u32;
        let behind = member.flags & 8 != 0;
        let numbers = [crc.sum(), data.len() as u32, member.text.len() as u32];
        let head = |first: u32| {
            let mut fields = Vec::new();
            fields.extend(20u16.to_le_bytes());
            fields.extend(member.flags.to_le_bytes());
            fields.extend(member.method.to_le_bytes());
            fields.extend([0; 4]);
            for number in numbers {
                fields.extend(if behind && first == 0 { 0 } else { number }.to_le_bytes());
            }
            fields.extend((member.name.len() as u16).to_le_bytes());
            fields.extend([0, 0]);
            fields
        };
        out.extend(b"PK\x03\x04");
        out.extend(head(0));
        out.extend(member.name.as_bytes());
        out.extend(&data);
        if behind {
            out.extend(b"PK\x07\x08");
            numbers.iter().for_each(|number| out.extend(number.to_le_bytes()));
        }
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(head(1));
        directory.extend([0; 10]);
        directory.extend(place.to_le_bytes());
        directory.extend(member.name.as_bytes());
    }
    let place = out.len() as u32;
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend((members.len() as u16).to_le_bytes());
    out.extend((members.len() as u16).to_le_bytes());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(place.to_le_bytes());
    out.extend([0, 0]);
    out
}

fn header(name: &str, size: usize, kind: u8) -> [u8; 512] {
    let mut block = [0; 512];
    block[..name.len().min(100)].copy_from_slice(&name.as_bytes()[..name.len().min(100)]);
    block[100..108].copy_from_slice(b"0000644\0");
    block[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
    block[148..156].copy_from_slice(b"        ");
    block[156] = kind;
    block[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

fn tar(members: &[(&str, &[u8], u8)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, text, kind) in members {
        out.extend(header(name, text.len(), *kind));
        out.extend_from_slice(text);
        out.resize(out.len().next_multiple_of(512), 0);
    }
    out.resize(out.len() + 1024, 0);
    out
}

const A: &[u8] = b"{\"title\":\"a\"}\n{\"title\":\"b\"}\n";
const T: &[u8] = b"Pact signed\n\nText of it.\n";

#[test]
fn members_are_read_in_order_and_hidden_ones_are_not() {
    let wanted = ["x/a.jsonl:1 a", "x/a.jsonl:2 b", "t.txt:1 Pact signed"];
    let bytes = zip(&[
        packed("x/", ""),
        packed("x/a.jsonl", A),
        packed("__MACOSX/x/._a.jsonl", "junk"),
        packed(".git/t.txt", T),
        Packed { method: 93, ..packed("t.txt", T) },
    ]);
    assert_eq!(seen(&bytes, &ReadOptions::default()), wanted);
    assert_eq!(streamed(&bytes, &ReadOptions::default()), wanted);
    let before = [b"#!/bin/sh\n".as_slice(), &bytes].concat();
    assert_eq!(streamed(&gzip(&bytes), &ReadOptions::default()), wanted);
    assert_ne!(seen(&before, &ReadOptions::default()), wanted);
    let bytes = tar(&[
        ("./x/", b"", b'5'),
        ("./x/a.jsonl", A, b'0'),
        ("x/._a", b"junk", b'0'),
        ("x/link", b"", b'2'),
        ("t.txt", T, 0),
    ]);
    for packed in [bytes.clone(), gzip(&bytes), zstd::encode_all(&bytes[..], 1).unwrap()] {
        assert_eq!(seen(&packed, &ReadOptions::default()), wanted);
    }
    let two = [bytes.clone(), tar(&[("z.txt", T, b'0')])].concat();
    assert_eq!(seen(&two, &ReadOptions::default()).len(), 4);
}

#[test]
fn long_names_come_from_the_headers_before() {
    let long = format!("{}/t.txt", "folder".repeat(40));
    let record = format!("path={long}\n");
    let attributes = format!("{} {record}", record.len() + 4);
    let bytes = tar(&[
        ("././@LongLink", format!("{long}\0").as_bytes(), b'L'),
        ("cut", T, b'0'),
        ("PaxHeader", attributes.as_bytes(), b'x'),
        ("cut", T, b'0'),
        ("plain.txt", T, b'0'),
    ]);
    let wanted = [
        format!("{long}:1 Pact signed"),
        format!("{long}:1 Pact signed"),
        "plain.txt:1 Pact signed".into(),
    ];
    assert_eq!(seen(&bytes, &ReadOptions::default()), wanted);
}

#[test]
fn what_cannot_be_read_costs_no_other_member() {
    let bytes = zip(&[
        Packed { flags: 0x801, ..packed("secret.txt", T) },
        Packed { method: 14, ..packed("lzma.txt", T) },
        packed("image.png", b"\x89PNG\r\n\x1a\n"),
        packed("t.txt", T),
    ]);
    let wanted = [
        "encrypted secret.txt",
        "not_supported lzma.txt",
        "binary image.png",
        "t.txt:1 Pact signed",
    ];
    assert_eq!(seen(&bytes, &ReadOptions::default()), wanted);
    // A damaged byte in the first of two members: its checksum tells.
    let mut bytes = zip(&[Packed { method: 0, ..packed("a.txt", T) }, packed("b.txt", T)]);
    let at = bytes.windows(4).position(|four| four == b"Text").unwrap();
    bytes[at] = b'N';
    assert_eq!(
        seen(&bytes, &ReadOptions::default()),
        ["a.txt:1 Pact signed", "corrupt a.txt", "b.txt:1 Pact signed"]
    );
    let mut bytes = zip(&[packed("a.txt", T), packed("b.txt", T)]);
    bytes[0] = b'X';
    let reader = archive_of(&bytes);
    assert_eq!(reader, ["corrupt a.txt", "b.txt:1 Pact signed"]);
}

/// As [`seen`], whatever the archive begins with.
fn archive_of(bytes: &[u8]) -> Vec<String> {
    let origin = Origin::of_file(Path::new("a.zip"), bytes.len() as u64, &ReadOptions::default());
    let shared = Shared::new(Box::new(Cursor::new(bytes.to_vec())), bytes.len() as u64, None);
    let zip = Zip::new(shared, origin.clone()).unwrap();
    shown(Ok(Box::new(Archive::new("zip", None, origin, Box::new(zip)).unwrap())))
}

#[test]
fn a_zip_archive_without_directory_is_read_by_headers() {
    let members = [
        packed("a.txt", T),
        Packed { flags: 0x808, ..packed("b.jsonl", A) },
        Packed { flags: 0x808, ..packed("c.txt", T) },
        packed("d.jsonl", A.repeat(1_000)),
    ];
    let whole = zip(&members);
    let cut = &whole[..whole.len() - 400];
    let seen = seen(cut, &ReadOptions::default());
    assert_eq!(
        seen[..5],
        ["corrupt -", "a.txt:1 Pact signed", "b.jsonl:1 a", "b.jsonl:2 b", "c.txt:1 Pact signed"]
    );
    assert_eq!(seen.last().unwrap(), "truncated d.jsonl");
    assert_eq!(archive_of(&[b"\x7fELF junk", &whole[..]].concat())[0], "a.txt:1 Pact signed");
    // A damaged entry in the middle of the directory.
    let mut damaged = whole.clone();
    let entry = whole.windows(4).rposition(|four| four == b"PK\x01\x02").unwrap();
    damaged[entry] = 0;
    let seen = archive_of(&damaged);
    assert!(seen.contains(&"corrupt -".to_owned()));
    assert_eq!(seen.iter().filter(|one| one.starts_with("d.jsonl")).count(), 2_000);
}

#[test]
fn a_damaged_tar_archive_loses_what_is_damaged() {
    let mut bytes = tar(&[("a.txt", T, b'0'), ("b.txt", T, b'0'), ("c.txt", T, b'0')]);
    bytes[1024 + 130] = b'9';
    assert_eq!(
        seen(&bytes, &ReadOptions::default()),
        ["a.txt:1 Pact signed", "corrupt -", "c.txt:1 Pact signed"]
    );
    let whole = tar(&[("a.txt", T, b'0'), ("b.jsonl", &A.repeat(1_000), b'0')]);
    for cut in [&whole[..1_100], &whole[..5_000]] {
        let seen = seen(cut, &ReadOptions::default());
        assert_eq!(seen[0], "a.txt:1 Pact signed");
        assert_eq!(seen.iter().filter(|one| one.starts_with("truncated")).count(), 1, "{seen:?}");
    }
    let packed = gzip(&whole);
    let seen = seen(&packed[..packed.len() - 20], &ReadOptions::default());
    assert_eq!(seen.iter().filter(|one| one.starts_with("truncated")).count(), 1, "{seen:?}");
}

#[test]
fn archives_within_archives_are_read_to_a_limit() {
    let inner = zip(&[packed("t.txt", T)]);
    let middle = tar(&[("i.zip", &inner, b'0'), ("a.jsonl.gz", &gzip(A), b'0')]);
    let outer = zip(&[packed("m.tar", &middle)]);
    let wanted =
        ["m.tar/i.zip/t.txt:1 Pact signed", "m.tar/a.jsonl.gz:1 a", "m.tar/a.jsonl.gz:2 b"];
    assert_eq!(seen(&outer, &ReadOptions::default()), wanted);
    let deep = gzip(&gzip(&outer));
    let seen = seen(&deep, &ReadOptions::default());
    assert_eq!(seen, ["nesting m.tar/i.zip", "nesting m.tar/a.jsonl.gz"]);
}

#[test]
fn bombs_are_stopped() {
    let mut options = ReadOptions::default();
    options.limits.max_expansion_bytes = 1 << 20;
    let big = vec![b'x'; 2 << 20];
    let bytes = zip(&[packed("big.txt", &big), packed("t.txt", T)]);
    assert_eq!(seen(&bytes, &options), ["expansion big.txt", "t.txt:1 Pact signed"]);
    // Many members of which each alone is allowed.
    let members: Vec<Packed<'_>> =
        (0..80).map(|_| packed("x.jsonl", vec![b' '; 1 << 20])).collect();
    let whole = gzip(&zip(&members));
    let seen = streamed(&whole, &ReadOptions::default());
    assert!(seen.iter().any(|one| one.starts_with("expansion")), "{seen:?}");
    // Many entries of the directory for one member.
    let one = zip(&[packed("t.txt", T)]);
    let entry = one.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    let (body, rest) = one.split_at(entry);
    let (entry, end) = rest.split_at(rest.len() - 22);
    let mut end = end.to_vec();
    end[12..16].copy_from_slice(&(100 * entry.len() as u32).to_le_bytes());
    let overlapping = [body, &entry.repeat(100), &end].concat();
    let seen = archive_of(&overlapping);
    assert_eq!(seen.last().unwrap(), "expansion -", "{seen:?}");
    options.limits.max_held_archive_bytes = 100;
    assert_eq!(streamed(&zip(&[packed("t.txt", T)]), &options), ["too_large -"]);
}

#[test]
fn records_are_found_again_wherever_they_were() {
    let lines = ["{\"title\":\"a\",\"body\":\"x y\"}", "{\"title\":\"ü\",\"body\":\"z\"}"];
    let text = lines.join("\n");
    let inner = gzip(&tar(&[
        ("b.jsonl", b"{\"title\":\"first\"}", b'0'),
        ("a.jsonl", text.as_bytes(), b'0'),
    ]));
    let all = [
        text.clone().into_bytes(),
        gzip(text.as_bytes()),
        inner.clone(),
        zip(&[packed("other.txt", "no"), packed("d/in.tgz", &inner)]),
    ];
    for bytes in all {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.bin");
        std::fs::write(&path, &bytes).unwrap();
        let options = ReadOptions::default();
        let articles: Vec<Article> =
            open(&path, &options).unwrap().filter_map(Result::ok).collect();
        let mut found = 0;
        for article in &articles {
            let original = crate::source::original(article, &options).unwrap();
            found += usize::from(lines.iter().any(|line| line.as_bytes() == original));
        }
        assert_eq!(found, 2);
        // Another text at the same place is not taken for it.
        let article = Article { body: "other".into(), ..articles[0].clone() };
        assert_eq!(crate::source::original(&article, &options).unwrap_err().code, "changed");
        std::fs::remove_file(&path).unwrap();
        assert_eq!(crate::source::original(&article, &options).unwrap_err().code, "unreadable");
    }
}

#[test]
fn documents_in_zip_are_no_archives() {
    let bytes = zip(&[packed("[Content_Types].xml", "<x/>"), packed("word/document.xml", "<x/>")]);
    assert_eq!(seen(&bytes, &ReadOptions::default()), ["binary -"]);
    assert_eq!(seen(&zip(&[]), &ReadOptions::default()), [""; 0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn damaged_archives_end_without_panic(at in any::<usize>(), bytes in proptest::collection::vec(any::<u8>(), 1..24), cut in any::<usize>(), which in 0usize..3) {
        let inner = zip(&[packed("t.txt", T)]);
        let whole = match which {
            0 => zip(&[packed("a.jsonl", A), Packed { flags: 0x808, ..packed("t.txt", T) }, packed("i.zip", &inner)]),
            1 => tar(&[("a.jsonl", A, b'0'), ("long", b"name\0", b'L'), ("t.txt", T, b'0'), ("i.zip", &inner, b'0')]),
            _ => gzip(&tar(&[("a.jsonl", A, b'0'), ("i.zip", &inner, b'0')])),
        };
        let mut damaged = whole.clone();
        let at = at % whole.len();
        for (place, byte) in bytes.iter().enumerate().filter(|(place, _)| at + place < whole.len()) {
            damaged[at + place] = *byte;
        }
        damaged.truncate(1 + cut % whole.len());
        let all = streamed(&damaged, &ReadOptions::default());
        prop_assert!(all.len() < 50);
        if which == 0 {
            prop_assert!(archive_of(&damaged).len() < 50);
        }
    }
}
