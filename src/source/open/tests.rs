use std::io::Write;

use proptest::prelude::*;

use super::*;

fn read(name: &str, bytes: &[u8]) -> Result<Vec<Result<Article, RecordError>>, RecordError> {
    let reader = Box::new(Cursor::new(bytes.to_vec()));
    Ok(open_reader(reader, Path::new(name), bytes.len() as u64, &ReadOptions::default())?.collect())
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn lines(count: usize) -> String {
    (0..count)
        .map(|n| format!("{{\"id\":\"{n}\",\"title\":\"Title {n}\",\"body\":\"Text of {n}.\"}}\n"))
        .collect()
}

#[test]
fn compressed_files_are_read_as_what_they_hold() {
    let text = lines(1000);
    let zstd = zstd::encode_all(text.as_bytes(), 1).unwrap();
    let two_members = [gzip(text.as_bytes()), gzip(text.as_bytes())].concat();
    for (packed, count, name) in
        [(gzip(text.as_bytes()), 1000, "gzip"), (zstd, 1000, "zstd"), (two_members, 2000, "gzip")]
    {
        let reader = Box::new(Cursor::new(packed.clone()));
        let mut source = open_reader(reader, Path::new("-"), 0, &ReadOptions::default()).unwrap();
        assert_eq!(source.by_ref().filter(|one| one.is_ok()).count(), count);
        let description = source.describe();
        assert_eq!(description.compression, Some(name));
        assert_eq!(description.format, Format::JsonLines);
        assert_eq!(source.consumed(), packed.len() as u64);
    }
}

#[test]
fn a_torn_file_gives_what_could_be_read_and_one_reject() {
    let text: String = lines(20_000);
    let packed = gzip(text.as_bytes());
    let zstd = zstd::encode_all(text.as_bytes(), 1).unwrap();
    for packed in [packed, zstd] {
        let all = read("a.jsonl.gz", &packed[..packed.len() / 2]).unwrap();
        let bad: Vec<&RecordError> = all.iter().filter_map(|one| one.as_ref().err()).collect();
        assert_eq!(bad.len(), 1, "{bad:?}");
        assert_eq!(bad[0].code, "truncated");
        assert!(all.len() > 1_000);
    }
    let mut damaged = gzip(text.as_bytes());
    let middle = damaged.len() / 2;
    damaged[middle..middle + 8].fill(0xFF);
    let all = read("a.jsonl", &damaged).unwrap();
    assert!(all.last().unwrap().is_err());
}

#[test]
fn a_bomb_is_stopped() {
    let mut options = ReadOptions::default();
    options.limits.max_expansion_bytes = 1 << 20;
    let packed = gzip(&vec![b'x'; 8 << 20]);
    let source = open_reader(Box::new(Cursor::new(packed)), Path::new("a.jsonl"), 0, &options);
    let all: Vec<_> = source.unwrap().collect();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].as_ref().unwrap_err().code, "expansion");
}

#[test]
fn bad_lines_are_told_and_passed() {
    let text = "\u{FEFF}{\"id\":1,\"title\":\"a\"}\n\nnot json\n{\"title\":\"b\"},\r\n{\"x\":1}\n{\"title\":";
    let all = read("a.jsonl", text.as_bytes()).unwrap();
    let seen: Vec<_> = all
        .iter()
        .map(|one| match one {
            Ok(article) => (article.title.as_str(), article.provenance.line),
            Err(error) => (error.code, error.line),
        })
        .collect();
    assert_eq!(seen, [("a", 1), ("not_an_object", 3), ("b", 4), ("nothing", 5), ("bad_json", 6)]);
    let article = all[0].as_ref().unwrap();
    assert_eq!((article.provenance.offset, article.provenance.len), (3, 20));
}

#[test]
fn empty_and_foreign_files_are_refused_or_empty() {
    assert_eq!(read("a.txt", b"").unwrap_err().code, "empty");
    assert!(read("a.jsonl", b" \n").unwrap().is_empty());
    assert!(read("-", b"").unwrap().is_empty());
    assert_eq!(read("a", b"%PDF-1.4").unwrap_err().code, "binary");
    assert_eq!(open(Path::new("/"), &ReadOptions::default()).unwrap_err().code, "unreadable");
    let all = read("a.txt", b"Title\n\nText\0 with a NUL and \xa3 5.\n").unwrap();
    let article = all[0].as_ref().unwrap();
    assert_eq!(article.body, "Text with a NUL and £ 5.");
    assert_eq!(article.notes.len(), 2);
}

/// Every byte-mutated file keeps the records whose bytes were not touched.
fn keeps_untouched(name: &str, rows: &[String], head: &str, at: usize, byte: u8) {
    let text: String = head.to_owned() + &rows.concat();
    let mut bytes = text.into_bytes();
    let at = head.len() + at % (bytes.len() - head.len());
    let mut start = head.len();
    let mut touched = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        if (start..start + row.len()).contains(&at) {
            touched.push(place);
            // Without its line break a row runs into the next one.
            if at + 1 == start + row.len() {
                touched.push(place + 1);
            }
        }
        // A line break within a row may end the row before it only together with a quote.
        start += row.len();
    }
    bytes[at] = byte;
    let all = read(name, &bytes).unwrap();
    for place in (0..rows.len()).filter(|place| !touched.contains(place)) {
        let wanted = format!("Title, {place}");
        let found = all.iter().flatten().any(|article| article.title == wanted);
        assert!(found, "row {place} lost by {byte:#x} at {at}: {all:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_end_without_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
        seed in 0usize..22,
    ) {
        let heads: [&[u8]; 22] = [
            b"", b"{\"title\":\"", b"[{\"title\":\"a\"},", b"id,title,body\n1,\"a\",",
            b"<REUTERS NEWID=\"1\"><DATE>", b"<REUTERS ><TEXT><TITLE>&#", b"Title: a\n",
            b"---\ntitle: x\n", b"\x1f\x8b\x08\x00", b"\x28\xb5\x2f\xfd",
            b"{\"articles\":[{\"a\":[", b"title\tbody\n\"",
            b"<DOC><DOCNO>1</DOCNO><TEXT>", b"<DOC id=\"1\"><TEXT><P", b".I 1\n.T\n",
            b"\xff\xfe[\0{\0", b"\xfe\xff\0a", b"\x93\xfa\x96\x7b\x82\xcc\x95\x5c\n",
            b"*TEXT 017 01/04/63\n", b"---\ntitle: a\n---\n", b"+++\na = 1\n+++\n# b\n",
            b"# a\n\n## [b](https://c.d)\n\n## [b](https://c.e)\n",
        ];
        let whole = [heads[seed], &bytes].concat();
        for name in ["a", "a.json", "a.jsonl", "a.csv", "a.tsv", "a.txt", "a.sgm", "a.md"] {
            if let Ok(all) = read(name, &whole) {
                prop_assert!(all.len() <= whole.len() + 1);
            }
        }
    }

    #[test]
    fn text_like_bytes_end_without_panic(text in "[\"\\\\{}\\[\\],:\\n\\t<>&#;/A-Ta-e0-3 é-]{0,300}") {
        for name in ["a", "a.json", "a.jsonl", "a.csv", "a.tsv", "a.txt", "a.sgm", "a.md"] {
            if let Ok(all) = read(name, text.as_bytes()) {
                prop_assert!(all.len() <= text.len() + 1);
            }
            for story in [
                format!("<REUTERS NEWID=\"1\">{text}</REUTERS>"),
                format!("<DOC><DOCNO>1</DOCNO>{text}</DOC>"),
                format!(".I 1\n.T\n{text}"),
                format!("*TEXT 1 {text}"),
                format!("---\na: {text}\n---\n{text}"),
                format!("+++\na = {text}\n+++\n{text}"),
            ] {
                let _ = read(name, story.as_bytes());
            }
        }
    }

    #[test]
    fn a_changed_byte_costs_at_most_its_own_line(at in any::<usize>(), byte in any::<u8>()) {
        let rows: Vec<String> = (0..6)
            .map(|n| format!("{{\"id\":{n},\"title\":\"Title, {n}\",\"body\":\"Te\\\"xt {{{n}}}\"}}\n"))
            .collect();
        keeps_untouched("a.jsonl", &rows, "", at, byte);
        let rows: Vec<String> = (0..6)
            .map(|n| format!("{n},\"Title, {n}\",\"Text \"\"of\"\"\nline {n}\",x\n"))
            .collect();
        keeps_untouched("a.csv", &rows, "id,title,body,z\n", at, byte);
    }
}

#[test]
fn offsets_and_lengths_count_bytes_of_the_input_whatever_its_charset() {
    let lines = [
        "{\"title\":\"表と能\",\"body\":\"海上保安庁は署名した。船長らは歓迎した。\"}",
        "{\"title\":\"b\"}",
    ];
    let text = lines.join("\n") + "\n";
    let marked = format!("\u{FEFF}{text}");
    let utf_16: Vec<u8> = marked.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let shift_jis = encoding_rs::SHIFT_JIS.encode(&text).0.into_owned();
    for (bytes, name) in [(utf_16, "UTF-16LE"), (shift_jis, "Shift_JIS")] {
        let all = read("a.jsonl", &bytes).unwrap();
        for (one, line) in all.iter().zip(lines) {
            let article = one.as_ref().unwrap();
            let place = &article.provenance;
            assert_eq!(place.charset.as_deref(), Some(name));
            let at = place.offset as usize;
            let own = &bytes[at..at + place.len as usize];
            let encoding = encoding_rs::Encoding::for_label(name.as_bytes()).unwrap();
            assert_eq!(encoding.decode_without_bom_handling(own).0, line);
        }
        assert_eq!(all[0].as_ref().unwrap().title, "表と能");
        assert_eq!(all.len(), 2);
    }
}

#[test]
fn a_long_text_in_an_old_charset_is_decoded_piece_by_piece() {
    let line = "Паром в Хельсинки не вышел в море, капитан ждёт погоды.\n";
    let text = format!("Title: Паром\n\n{}", line.repeat(20_000));
    let bytes = encoding_rs::KOI8_R.encode(&text).0.into_owned();
    let all = read("a.txt", &bytes).unwrap();
    let article = all[0].as_ref().unwrap();
    assert_eq!((article.title.as_str(), article.body.len()), ("Паром", line.len() * 20_000 - 1));
    assert_eq!(article.provenance.len, bytes.len() as u64);
    assert_eq!(article.notes.len(), 1);
}
