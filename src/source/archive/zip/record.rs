//! The records of a zip archive: headers of members, entries of the directory.

use std::borrow::Cow;

use crate::source::charset;

/// Bytes of a member's header before its name.
pub(super) const LOCAL: usize = 30;
/// Bytes of an entry of the directory before its name.
pub(super) const CENTRAL: usize = 46;

/// What an archive says of a member.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    /// Number of the compressor.
    pub(super) method: u16,
    pub(super) encrypted: bool,
    /// Checksum and length of what it holds, where they are known.
    pub(super) crc: Option<u32>,
    pub(super) size: Option<u64>,
    /// Bytes in the archive.
    pub(super) compressed: Option<u64>,
    /// Where its header stands.
    pub(super) header: u64,
    /// A folder, a link or the like.
    pub(super) is_no_file: bool,
    /// The archive ends before it does.
    pub(super) is_cut: bool,
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |two| u16::from_le_bytes([two[0], two[1]]))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

/// How far behind its header a member begins; nothing if this is no header.
pub(super) fn local(header: &[u8]) -> Option<u64> {
    let sound = header.len() >= LOCAL && header.starts_with(b"PK\x03\x04");
    sound.then(|| LOCAL as u64 + u64::from(u16_at(header, 26)) + u64::from(u16_at(header, 28)))
}

/// A member by its header alone, and how far behind the header it begins; nothing if this is no
/// header, or one of a thing that cannot be.
pub(super) fn plausible(header: &[u8]) -> Option<(Entry, u64)> {
    let start = local(header)?;
    let (flags, method) = (u16_at(header, 6), u16_at(header, 8));
    let name_len = usize::from(u16_at(header, 26));
    let name = header.get(LOCAL..LOCAL + name_len)?;
    let extra = header.get(LOCAL + name_len..usize::try_from(start).ok()?)?;
    let known = header[4] <= 63 && method <= 99;
    if !known || name.is_empty() || name.iter().any(|byte| *byte < b' ') {
        return None;
    }
    let mut size = u64::from(u32_at(header, 22));
    let mut compressed = u64::from(u32_at(header, 18));
    wide(extra, [&mut size, &mut compressed]);
    // Then crc and lengths stand behind the member.
    let after = flags & 8 != 0 && compressed == 0;
    let name = name_of(name, flags);
    let entry = Entry {
        method,
        encrypted: flags & 1 != 0,
        crc: (!after).then(|| u32_at(header, 14)),
        size: (!after).then_some(size),
        compressed: (!after).then_some(compressed),
        is_no_file: name.ends_with('/'),
        name,
        ..Entry::default()
    };
    Some((entry, start))
}

/// An entry of the directory, and its length; nothing if this is none. `header` is still without
/// what stands before the archive.
pub(super) fn central(record: &[u8]) -> Option<(Entry, usize)> {
    if record.len() < CENTRAL || !record.starts_with(b"PK\x01\x02") {
        return None;
    }
    let len = |at| usize::from(u16_at(record, at));
    let (name_len, extra_len, comment_len) = (len(28), len(30), len(32));
    let name = record.get(CENTRAL..CENTRAL + name_len)?;
    let extra = record.get(CENTRAL + name_len..CENTRAL + name_len + extra_len)?;
    let (flags, method) = (u16_at(record, 8), u16_at(record, 10));
    let mut size = u64::from(u32_at(record, 24));
    let mut compressed = u64::from(u32_at(record, 20));
    let mut header = u64::from(u32_at(record, 42));
    wide(extra, [&mut size, &mut compressed, &mut header]);
    let name = name_of(name, flags);
    // Made on Unix, and there a folder or a link.
    let kind = (u32_at(record, 38) >> 16) & 0o170_000;
    let is_odd = record[5] == 3 && kind != 0 && kind != 0o100_000;
    let entry = Entry {
        method,
        encrypted: flags & 1 != 0,
        crc: Some(u32_at(record, 16)),
        size: Some(size),
        compressed: Some(compressed),
        header,
        is_no_file: is_odd || name.ends_with('/'),
        name,
        is_cut: false,
    };
    Some((entry, CENTRAL + name_len + extra_len + comment_len))
}

/// Numbers that do not fit into 32 bits, in their order, from the extra field 1.
fn wide<const N: usize>(extra: &[u8], numbers: [&mut u64; N]) {
    let mut rest = extra;
    while rest.len() >= 4 {
        let (id, len) = (u16_at(rest, 0), usize::from(u16_at(rest, 2)));
        let field = &rest[4..rest.len().min(4 + len)];
        if id == 1 {
            let narrow = numbers.into_iter().filter(|number| **number == u64::from(u32::MAX));
            for (number, bytes) in narrow.zip(field.chunks_exact(8)) {
                *number = u64_at(bytes, 0);
            }
            return;
        }
        rest = rest.get(4 + len..).unwrap_or_default();
    }
}

/// A member's name with `/` between its parts. Names that are no UTF-8 are read by statistics.
fn name_of(bytes: &[u8], flags: u16) -> String {
    let name = match std::str::from_utf8(bytes) {
        Ok(name) => Cow::Borrowed(name),
        Err(_) if flags & 0x800 != 0 => String::from_utf8_lossy(bytes),
        Err(_) => {
            let encoding = charset::by_statistics(bytes).unwrap_or(encoding_rs::WINDOWS_1252);
            encoding.decode_without_bom_handling(bytes).0
        }
    };
    let name = if name.contains('/') { name.into_owned() } else { name.replace('\\', "/") };
    name.replace('\0', "").trim_start_matches("./").to_owned()
}
