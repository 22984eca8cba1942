//! Frames as they are on the wire (RFC 6455, 5.2): ours as wrong as they may be, the server's as they must be.

use crate::dice::Dice;

/// Opcodes.
pub const CONTINUATION: u8 = 0;
pub const TEXT: u8 = 1;
pub const BINARY: u8 = 2;
pub const CLOSE: u8 = 8;
pub const PING: u8 = 9;
pub const PONG: u8 = 10;

const FIN: u8 = 0x80;
const MASK: u8 = 0x80;
/// Lengths that say that the length follows, in two bytes or in eight.
const SHORT: u8 = 126;
const LONG: u8 = 127;

/// A frame of the server.
#[derive(Debug)]
pub struct Frame {
    pub opcode: u8,
    pub payload: Vec<u8>,
}

/// A whole message in one frame.
pub fn whole(opcode: u8, payload: &[u8], dice: &mut Dice) -> Vec<u8> {
    masked(FIN | opcode, payload.len() as u64, payload, dice)
}

/// Two bytes of code, then the reason.
pub fn close(code: u16, reason: &[u8], dice: &mut Dice) -> Vec<u8> {
    let payload = [&code.to_be_bytes(), reason].concat();
    whole(CLOSE, &payload, dice)
}

/// A message in several frames, with something in between now and then.
pub fn fragmented(opcode: u8, payload: &[u8], dice: &mut Dice) -> Vec<u8> {
    let size = dice.below(payload.len() + 1).max(1);
    let mut bytes = Vec::new();
    let mut pieces = payload.chunks(size).peekable();
    let mut opcode = opcode;
    while let Some(piece) = pieces.next() {
        let last = if pieces.peek().is_none() { FIN } else { 0 };
        bytes.extend(masked(last | opcode, piece.len() as u64, piece, dice));
        opcode = CONTINUATION;
        if last == 0 && dice.chance(10) {
            bytes.extend(whole(PING, b"between", dice));
        }
        if bytes.len() > 100_000 {
            break;
        }
    }
    bytes
}

/// A frame that says one thing and is another.
pub fn wrong(payload: &[u8], dice: &mut Dice) -> Vec<u8> {
    let length = payload.len() as u64;
    match dice.below(6) {
        0 => masked(FIN | (3 + (dice.byte() & 3)), length, payload, dice),
        1 => masked(FIN | TEXT | (dice.byte() & 0x70), length, payload, dice),
        2 => masked(CONTINUATION, length, payload, dice),
        3 => masked(FIN | TEXT, u64::MAX >> dice.below(40), payload, dice),
        // A control frame in parts, or too long.
        4 => masked(PING, length, payload, dice),
        _ => {
            let mut bytes = vec![FIN | TEXT, u8::try_from(length.min(125)).unwrap_or(125)];
            bytes.extend(payload);
            bytes
        }
    }
}

fn masked(first: u8, length: u64, payload: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = vec![first];
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(length @ 0..126), _) => bytes.push(MASK | length),
        (_, Ok(length)) => {
            bytes.push(MASK | SHORT);
            bytes.extend(length.to_be_bytes());
        }
        _ => {
            bytes.push(MASK | LONG);
            bytes.extend(length.to_be_bytes());
        }
    }
    let key = [dice.byte(), dice.byte(), dice.byte(), dice.byte()];
    bytes.extend(key);
    let masked = payload
        .iter()
        .zip(key.iter().cycle())
        .map(|(byte, key)| byte ^ key);
    bytes.extend(masked);
    bytes
}

/// All whole frames; a last one that the server did not finish is left out.
/// # Errors
/// If it is no frame that a server may send.
pub fn read(mut bytes: &[u8]) -> Result<Vec<Frame>, String> {
    let mut frames = Vec::new();
    while let [first, second, rest @ ..] = bytes {
        if first & 0xF0 != FIN || second & MASK != 0 {
            return Err(format!(
                "the server sent a frame that begins {first:#x} {second:#x}"
            ));
        }
        let Some((length, rest)) = length(*second, rest) else {
            break;
        };
        let Some((payload, rest)) = rest.split_at_checked(length) else {
            break;
        };
        frames.push(Frame {
            opcode: first & 0x0F,
            payload: payload.to_vec(),
        });
        bytes = rest;
    }
    Ok(frames)
}

fn length(second: u8, rest: &[u8]) -> Option<(usize, &[u8])> {
    match second {
        SHORT => {
            let (length, rest) = rest.split_first_chunk()?;
            Some((u16::from_be_bytes(*length).into(), rest))
        }
        LONG => {
            let (length, rest) = rest.split_first_chunk()?;
            Some((usize::try_from(u64::from_be_bytes(*length)).ok()?, rest))
        }
        short => Some((short.into(), rest)),
    }
}
