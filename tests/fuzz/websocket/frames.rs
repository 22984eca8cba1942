//! WebSocket frames (RFC 6455, 5.2): writes client frames, valid or not, and reads those of the server.

use crate::random::Random;

/// Opcodes.
pub const CONTINUATION: u8 = 0;
pub const TEXT: u8 = 1;
pub const BINARY: u8 = 2;
pub const CLOSE: u8 = 8;
pub const PING: u8 = 9;
pub const PONG: u8 = 10;

const FIN: u8 = 0x80;
const MASK: u8 = 0x80;
/// Markers for a length that follows in two or in eight bytes.
const LENGTH_16_BIT: u8 = 126;
const LENGTH_64_BIT: u8 = 127;

/// A frame of the server.
#[derive(Debug)]
pub struct Frame {
    pub opcode: u8,
    pub payload: Vec<u8>,
}

/// A whole message in one frame.
pub fn whole(opcode: u8, payload: &[u8], random: &mut Random) -> Vec<u8> {
    masked(FIN | opcode, payload.len() as u64, payload, random)
}

/// Two bytes of code, then the reason.
pub fn close(code: u16, reason: &[u8], random: &mut Random) -> Vec<u8> {
    let payload = [&code.to_be_bytes(), reason].concat();
    whole(CLOSE, &payload, random)
}

/// A message in several frames, sometimes with a ping between them.
pub fn fragmented(opcode: u8, payload: &[u8], random: &mut Random) -> Vec<u8> {
    let size = random.below(payload.len() + 1).max(1);
    let mut bytes = Vec::new();
    let mut pieces = payload.chunks(size).peekable();
    let mut opcode = opcode;
    while let Some(piece) = pieces.next() {
        let fin = if pieces.peek().is_none() { FIN } else { 0 };
        bytes.extend(masked(fin | opcode, piece.len() as u64, piece, random));
        opcode = CONTINUATION;
        if fin == 0 && random.chance(10) {
            bytes.extend(whole(PING, b"between", random));
        }
        if bytes.len() > 100_000 {
            break;
        }
    }
    bytes
}

/// An invalid frame.
pub fn invalid(payload: &[u8], random: &mut Random) -> Vec<u8> {
    let length = payload.len() as u64;
    match random.below(6) {
        0 => masked(FIN | (3 + (random.byte() & 3)), length, payload, random),
        1 => masked(FIN | TEXT | (random.byte() & 0x70), length, payload, random),
        2 => masked(CONTINUATION, length, payload, random),
        3 => masked(FIN | TEXT, u64::MAX >> random.below(40), payload, random),
        // A control frame that is fragmented, or too long.
        4 => masked(PING, length, payload, random),
        _ => {
            let mut bytes = vec![FIN | TEXT, u8::try_from(length.min(125)).unwrap_or(125)];
            bytes.extend(payload);
            bytes
        }
    }
}

fn masked(first: u8, length: u64, payload: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = vec![first];
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(length @ 0..126), _) => bytes.push(MASK | length),
        (_, Ok(length)) => {
            bytes.push(MASK | LENGTH_16_BIT);
            bytes.extend(length.to_be_bytes());
        }
        _ => {
            bytes.push(MASK | LENGTH_64_BIT);
            bytes.extend(length.to_be_bytes());
        }
    }
    let key = [random.byte(), random.byte(), random.byte(), random.byte()];
    bytes.extend(key);
    let masked = payload
        .iter()
        .zip(key.iter().cycle())
        .map(|(byte, key)| byte ^ key);
    bytes.extend(masked);
    bytes
}

/// All complete frames; an incomplete last one is left out.
/// # Errors
/// A server may not send this frame.
pub fn read(mut bytes: &[u8]) -> Result<Vec<Frame>, String> {
    let mut frames = Vec::new();
    while let [first, second, rest @ ..] = bytes {
        if first & 0xF0 != FIN || second & MASK != 0 {
            return Err(format!(
                "the server sent an invalid frame that starts with {first:#x} {second:#x}"
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
        LENGTH_16_BIT => {
            let (length, rest) = rest.split_first_chunk()?;
            Some((u16::from_be_bytes(*length).into(), rest))
        }
        LENGTH_64_BIT => {
            let (length, rest) = rest.split_first_chunk()?;
            Some((usize::try_from(u64::from_be_bytes(*length)).ok()?, rest))
        }
        short => Some((short.into(), rest)),
    }
}
