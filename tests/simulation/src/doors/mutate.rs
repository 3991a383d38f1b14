//! Hostile neighbours of valid samples.

use serde_json::value::RawValue;

use crate::doors::dice::Dice;

/// Values that somebody once did not expect.
const ODD: [&str; 30] = [
    "null",
    "true",
    "0",
    "-1",
    "1.10",
    "1e999",
    "-0",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551616",
    "123456789012345678901234567890",
    "\"\"",
    "\" \"",
    "\"1\"",
    "\"-9223372036854775808\"",
    "\"\\ud800\"",
    "\"a\\udc00\\ud83d\"",
    "\"\\u0000\"",
    "\"\u{FFFE}\u{FFFF}\"",
    "\"\u{202E}部屋😀\"",
    "\"@bot\"",
    "\"@detach\"",
    "\"a#b\"",
    "\"sha256:00\"",
    "\"\\r\\nset-cookie: a=b\"",
    "[]",
    "{}",
    "[null,[],{}]",
    "{\"type\":{\"type\":[]}}",
    "[{\"userId\":\"U1\",\"userId\":\"U2\"}]",
];

/// Bytes that mean something to some reader.
const MARKS: [&[u8]; 20] = [
    b"\"",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"=",
    b"&",
    b";",
    b"%00",
    b"%",
    b"+",
    b"\r\n",
    b"\0",
    b"\xFF",
    b"\xED\xA0\x80",
    b"\xEF\xBB\xBF",
    b"\n",
];

/// A sample, changed a few times or not at all; now and then only noise.
pub(crate) fn hostile(dice: &mut Dice, sample: &[u8]) -> Vec<u8> {
    if dice.one_in(20) {
        let count = dice.below(200);
        return dice.bytes(count);
    }
    let mut bytes = sample.to_vec();
    for _ in 0..dice.below(4) {
        match dice.one_in(2) {
            true => change_value(dice, &mut bytes),
            false => change_bytes(dice, &mut bytes),
        }
    }
    bytes
}

/// A JSON text that stays one: only its values and members are changed.
pub(crate) fn odd_json(dice: &mut Dice, sample: &[u8]) -> Vec<u8> {
    let mut bytes = sample.to_vec();
    for _ in 0..dice.below(4) {
        change_value(dice, &mut bytes);
    }
    bytes
}

fn change_bytes(dice: &mut Dice, bytes: &mut Vec<u8>) {
    let from = dice.below(bytes.len() + 1);
    let length = 1 + dice.below(8);
    let to = bytes.len().min(from + length);
    match dice.below(6) {
        0 if from < bytes.len() => bytes[from] ^= 1 << dice.below(8),
        1 => bytes.truncate(from),
        2 => drop(bytes.drain(from..to)),
        3 => {
            let again = bytes[from..to].to_vec();
            bytes.splice(from..from, again);
        }
        4 => bytes[from..to].iter_mut().for_each(swap_case),
        _ => {
            let mark = dice.pick(&MARKS);
            bytes.splice(from..from, mark.iter().copied());
        }
    }
}

fn swap_case(byte: &mut u8) {
    if byte.is_ascii_alphabetic() {
        *byte ^= 0x20;
    }
}

/// Finds a member by its colon; makes its value odd, or doubles it.
fn change_value(dice: &mut Dice, bytes: &mut Vec<u8>) {
    let colons: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] == b':').collect();
    let Some(colon) = colons.get(dice.below(colons.len())) else {
        return change_bytes(dice, bytes);
    };
    let Some(end) = value_end(bytes, colon + 1) else {
        return;
    };
    let odd = odd_value(dice);
    if dice.one_in(5)
        && let Some(key) = key_start(bytes, *colon)
    {
        let mut doubled = bytes[key..=*colon].to_vec();
        doubled.extend_from_slice(&odd);
        doubled.push(b',');
        bytes.splice(key..key, doubled);
    } else {
        bytes.splice(colon + 1..end, odd);
    }
}

/// Where the JSON value ends that begins here.
fn value_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut values = serde_json::Deserializer::from_slice(&bytes[start..]).into_iter();
    let _: Box<RawValue> = values.next()?.ok()?;
    Some(start + values.byte_offset())
}

/// Where the key before a colon begins.
fn key_start(bytes: &[u8], colon: usize) -> Option<usize> {
    let name = bytes[..colon].strip_suffix(b"\"")?;
    name.iter().rposition(|byte| *byte == b'"')
}

fn odd_value(dice: &mut Dice) -> Vec<u8> {
    match dice.below(300) {
        0..4 => long(dice, &[257, 300, 1025, 2049]),
        4..8 => nested(dice, &[100, 127, 128, 129, 1_000]),
        8 => long(dice, &[70_000, 150_000, 210_000]),
        9 => nested(dice, &[10_000, 50_000]),
        _ => dice.pick(&ODD).as_bytes().to_vec(),
    }
}

fn long(dice: &mut Dice, lengths: &[usize]) -> Vec<u8> {
    let unit = dice.pick(&["x", "é", "\\u0001", "部"]);
    format!("\"{}\"", unit.repeat(dice.pick(lengths) / unit.len())).into_bytes()
}

fn nested(dice: &mut Dice, depths: &[usize]) -> Vec<u8> {
    let depth = dice.pick(depths);
    let (open, close) = dice.pick(&[("[", "]"), ("{\"a\":", "}")]);
    format!("{}1{}", open.repeat(depth), close.repeat(depth)).into_bytes()
}
